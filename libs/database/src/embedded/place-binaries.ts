import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { BinariesPackage } from './find-binaries.js';
import { errorCode, makeFolder, statIfThere } from './file-system.js';
import { findClosedFolder, isRoot } from './system-account.js';
import type { Account } from './system-account.js';

/** Root's place for what the account of PostgreSQL could not reach elsewhere. */
export const SHARED_FOLDER = '/var/lib/parley';

/** Makes the binaries runnable where they lie, else copies them; answers the folder of `initdb` and `postgres`. */
export async function placeBinaries(found: BinariesPackage, home: string, account?: Account): Promise<string> {
  if ((await isReachable(found, account)) && (await linkLibraries(found.root))) return join(found.root, 'native/bin');
  const copy = join(isRoot() ? SHARED_FOLDER : home, `postgres-${found.version}`);
  if ((await statIfThere(copy)) === undefined) await copyBinaries(found.root, copy);
  return join(copy, 'native/bin');
}

async function isReachable(found: BinariesPackage, account?: Account): Promise<boolean> {
  if (account === undefined) return true;
  const paths = ['bin/postgres', 'lib/postgresql', 'share'].map((path) => join(found.root, 'native', path));
  const closed = await Promise.all(paths.map((path) => findClosedFolder(path, account)));
  return closed.every((folder) => folder === undefined);
}

/** The package makes these links in its install script, which need not have run. False: they are missing and the folder is not ours. */
async function linkLibraries(packageRoot: string): Promise<boolean> {
  const list = await readFile(join(packageRoot, 'native/pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    try {
      await symlink(relative(dirname(target), source), join(packageRoot, target));
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return linksExist(packageRoot);
      throw error;
    }
  }
  return true;
}

async function linksExist(packageRoot: string): Promise<boolean> {
  const list = await readFile(join(packageRoot, 'native/pg-symlinks.json'), 'utf8');
  const targets = (JSON.parse(list) as { target: string }[]).map(({ target }) => join(packageRoot, target));
  return (await Promise.all(targets.map(statIfThere))).every((link) => link !== undefined);
}

async function copyBinaries(packageRoot: string, copy: string): Promise<void> {
  await makeFolder(dirname(copy));
  const draft = `${copy}.${randomUUID()}`;
  try {
    await copyFolder(join(packageRoot, 'native'), join(draft, 'native'));
    await chmod(draft, 0o755);
    await linkLibraries(draft);
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start was faster.
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Opens everything to everybody: a strict umask at install time may have closed it. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
}
