import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runChild, runNode } from './child.mjs';
import { inRoot, root } from './root.mjs';
import { giveUp, step } from './step.mjs';

/** The newest tag before HEAD, undefined: there is none. */
export async function newestTag() {
  const { code, output } = await runChild('git', ['describe', '--tags', '--abbrev=0', 'HEAD^']);
  return code === 0 ? output.trim() : undefined;
}

/** Builds what an earlier commit holds, once, into the cache; answers the folder of its bundles. */
export async function buildRelease(ref) {
  const { code, output } = await runChild('git', ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (code !== 0) giveUp(`There is no commit "${ref}" here.`);
  const commit = output.trim();
  const folder = inRoot('.cache', 'releases', commit.slice(0, 12));
  const bundles = join(folder, 'dist', 'bundles');
  if (!existsSync(bundles)) await step(`Building ${ref} (${commit.slice(0, 7)})`, () => build(commit, folder));
  return bundles;
}

async function build(commit, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', '--format=tar', commit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  await givePackages(folder);
  // by its own rules
  const script = `const { ensureBuild } = await import(${JSON.stringify(join(folder, 'tools/setup/build.mjs'))}); await ensureBuild();`;
  const { code, output } = await runNode(['--input-type=module', '-e', script]);
  if (code !== 0) giveUp(output);
}

/** Ours, when they are the same: npm would empty the folder behind a link. */
async function givePackages(folder) {
  const lockOf = (where) => readFileSync(join(where, 'package-lock.json'), 'utf8');
  if (lockOf(folder) === lockOf(root)) {
    symlinkSync(inRoot('node_modules'), join(folder, 'node_modules'));
    return;
  }
  const args = ['ci', '--prefix', folder, '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, output } = await runChild('npm', args);
  if (code !== 0) giveUp(output);
}
