import { randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIfThere, renameDurably, statIfThere, writeDurably } from './file-system.js';
import { PARLEY } from './prepare-database.js';
import { spawnProgram, waitForExit } from './postmaster.js';
import type { Programs } from './postmaster.js';

export function passwordPath(home: string): string {
  return join(home, 'postgres-password');
}

/** 127.0.0.1 is open to every user of the machine, hence a password. */
export async function keepPassword(home: string): Promise<string> {
  const path = passwordPath(home);
  const kept = (await readIfThere(path))?.trim() ?? '';
  if (kept !== '') return kept;
  const password = randomBytes(24).toString('hex');
  await writeDurably(path, `${password}\n`, 0o600);
  return password;
}

export async function hasPassword(home: string): Promise<boolean> {
  return (await statIfThere(passwordPath(home))) !== undefined;
}

/** False when there is none, or only what an interrupted creation left; refuses one that this PostgreSQL cannot read. */
export async function hasCluster(directory: string, major: string): Promise<boolean> {
  const version = (await readIfThere(join(directory, 'PG_VERSION')))?.trim();
  if (version === major) return (await isComplete(directory)) || dropRemainder(directory);
  if (version === undefined || version === '') return dropRemainder(directory);
  throw new Error(
    `The data in ${directory} were made by PostgreSQL ${version.slice(0, 20)}; this Parley brings PostgreSQL ${major}, which cannot read them. ` +
      'Start the Parley that made them, or move that folder away to begin with an empty database.',
  );
}

async function isComplete(directory: string): Promise<boolean> {
  return (await statIfThere(join(directory, 'global/pg_control'))) !== undefined;
}

/** Without control file and write-ahead log nothing was ever stored in it. */
async function dropRemainder(directory: string): Promise<false> {
  const log = await readdir(join(directory, 'pg_wal')).catch(() => []);
  if ((await isComplete(directory)) || log.some((name) => /^[0-9A-F]{24}$/.test(name))) {
    throw new Error(
      `The data in ${directory} are incomplete (no ${(await isComplete(directory)) ? 'PG_VERSION' : 'global/pg_control'}). ` +
        'Put them back from a backup, or move that folder away to begin with an empty database.',
    );
  }
  await rm(directory, { recursive: true, force: true });
  return false;
}

/** Built beside and renamed: a cluster is there whole or not at all. */
export async function createCluster(programs: Programs, directory: string, password: string): Promise<void> {
  const parent = dirname(directory);
  await dropDrafts(parent, basename(directory));
  const draft = `${directory}.building-${randomUUID()}`;
  await mkdir(draft, { mode: 0o700 });
  try {
    const passwordFile = join(draft, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (programs.account !== undefined) {
      const { uid, gid } = programs.account;
      await Promise.all([chown(draft, uid, gid), chown(passwordFile, uid, gid)]);
    }
    await runInitdb(programs, join(draft, 'data'), passwordFile);
    await renameDurably(join(draft, 'data'), directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** An initdb whose Parley was killed may still be writing into its draft; then the next start gets it. */
async function dropDrafts(parent: string, name: string): Promise<void> {
  const drafts = (await readdir(parent)).filter((entry) => entry.startsWith(`${name}.building-`));
  for (const draft of drafts)
    await rm(join(parent, draft), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}

async function runInitdb(programs: Programs, directory: string, passwordFile: string): Promise<void> {
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const args = ['-D', directory, '-U', PARLEY, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, ...locale];
  // What is stored from now on must outlive a power cut, and so must the files below it. One call does instead of a thousand.
  if (process.platform === 'linux') args.push('--sync-method=syncfs');
  const child = spawnProgram(programs, 'initdb', args, ['ignore', 'pipe', 'pipe']);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const outcome = await waitForExit(child);
  if (outcome === 'exit code 0') return;
  throw new Error(
    `PostgreSQL could not create its data in ${dirname(dirname(directory))} (initdb: ${outcome}).\n${output.trim()}`,
  );
}

/** For the data of a home that was deleted, its password with it: nobody can open them, nobody should lose them. */
export async function setAside(directory: string): Promise<string> {
  const aside = `${directory}.left-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  await renameDurably(directory, aside);
  return aside;
}
