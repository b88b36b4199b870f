import { existsSync } from 'node:fs';
import { activateHooks } from './git.mjs';
import { runChild, runNode } from './child.mjs';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { withLock } from './lock.mjs';
import { readManifest } from './root.mjs';
import { giveUp, step } from './step.mjs';

const stamp = 'node_modules/.parley-packages';

/** What decides about the content of node_modules; scripts and texts of package.json do not. */
function packagesFingerprint() {
  const { dependencies, devDependencies, overrides } = readManifest();
  const runtime = [process.versions.modules, process.platform, process.arch];
  return fingerprint(['package-lock.json'], dependencies, devDependencies, overrides, runtime);
}

export async function ensurePackages() {
  const wanted = packagesFingerprint();
  if (isStamped(stamp, wanted)) return;
  await withLock(async () => {
    if (isStamped(stamp, wanted)) return;
    const { code, output } = await step('Installing packages', install);
    if (code !== 0) giveUp(`${output}\nnpm ci failed: see above.`);
    writeStamp(stamp, wanted);
    await activateHooks();
  });
}

function install() {
  // No package needs its install script (docs/adr/0002), so none gets to run one.
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { env: installEnvironment() };
  // A pnpm or yarn that started us also sets npm_execpath, and knows no `ci`.
  if (npm !== undefined && /npm-cli\.[cm]?js$/.test(npm) && existsSync(npm)) return runNode([npm, ...args], options);
  return runChild('npm', args, options);
}

/** The caller's production settings would leave the compiler out. */
function installEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_config_(omit|only|production)$/i.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: 'development' };
}
