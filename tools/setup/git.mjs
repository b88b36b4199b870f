import { existsSync, readdirSync } from 'node:fs';
import { runChild } from './child.mjs';
import { inRoot } from './root.mjs';

async function git(...args) {
  try {
    return await runChild('git', args);
  } catch (error) {
    // git is not installed.
    return { code: 1, output: error.message };
  }
}

/** Switches on .githooks in a developer's clone; hooks that somebody else has set up stay as they are. */
export async function activateHooks() {
  if (process.env.CI !== undefined || !existsSync(inRoot('.git'))) return;
  const configured = await git('config', 'core.hooksPath');
  if (configured.code === 0 || hasOwnHooks()) return;
  await git('config', 'core.hooksPath', '.githooks');
}

function hasOwnHooks() {
  const folder = inRoot('.git', 'hooks');
  return existsSync(folder) && readdirSync(folder).some((name) => !name.endsWith('.sample'));
}

/** The subjects of the commits on HEAD, or in words why they cannot be read. */
export async function readCommitSubjects() {
  if (!existsSync(inRoot('.git'))) return { subjects: [], reason: 'this is not a git clone' };
  const head = await git('rev-parse', '--verify', '--quiet', 'HEAD');
  if (head.code !== 0) return { subjects: [], reason: head.output.trim() || 'there is no commit yet' };
  const log = await git('log', '--no-merges', '--format=%s', 'HEAD');
  if (log.code !== 0) return { subjects: [], reason: log.output.trim() };
  return { subjects: log.output.split('\n').filter((line) => line !== '') };
}
