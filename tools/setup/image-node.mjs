import { existsSync } from 'node:fs';
import { runChild } from './child.mjs';
import { inRoot } from './root.mjs';

/** The Node that the images run on (the long-term release of their day). */
export const imageMajor = 24;

const home = inRoot('.cache', 'image-node');

/**
 * That Node as a program, or why it is not there. Fetched into the cache, never a dependency: npm puts node_modules/.bin first
 * on the PATH, and every script of the project would run on it.
 */
export async function findImageNode() {
  if (Number.parseInt(process.versions.node, 10) === imageMajor) return { reason: 'this whole run was on it' };
  const name = `node-${process.platform}-${process.arch}`;
  const program = `${home}/node_modules/${name}/bin/node`;
  if (!existsSync(program)) {
    const args = ['install', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
    const { code, output } = await runChild('npm', [...args, '--loglevel=error', `${name}@${imageMajor}`]);
    if (code !== 0)
      return { reason: `npm could not fetch ${name}@${imageMajor}: ${output.trim().split('\n')[0] ?? ''}` };
  }
  const { code, output } = await runChild(program, ['--version']);
  return code === 0
    ? { program, version: output.trim() }
    : { reason: `${program} does not run here: ${output.trim()}` };
}
