import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfThere, statIfThere, writeDurably } from './file-system.js';
import { SHARED_FOLDER } from './place-binaries.js';
import { findClosedFolder, findNobody, isRoot } from './system-account.js';
import type { Account } from './system-account.js';

export interface ClusterLocation {
  readonly directory: string;
  /** Set when we are root and PostgreSQL runs as somebody else. */
  readonly account?: Account;
  /** Set when the data cannot lie in PARLEY_HOME: the folder that PostgreSQL's account cannot enter. */
  readonly closedFolder?: string;
}

function memoryPath(home: string): string {
  return join(home, 'postgres-location');
}

/** Decides where the data of `home` (a real path) lie and as whom PostgreSQL runs. Changes nothing. */
export async function locateCluster(home: string): Promise<ClusterLocation> {
  const remembered = (await readIfThere(memoryPath(home)))?.trim();
  const directory = remembered ?? join(home, 'postgres');
  const owner = await statIfThere(directory);
  if (remembered !== undefined && owner === undefined) throw lostCluster(home, remembered);
  if (isRoot()) return locateForRoot(home, directory, owner);
  if (owner !== undefined && owner.uid !== process.getuid?.()) throw foreignCluster(directory, owner.uid);
  return { directory };
}

async function locateForRoot(home: string, directory: string, owner: Stats | undefined): Promise<ClusterLocation> {
  // Data that exist belong to somebody: PostgreSQL insists on running as their owner.
  const account = owner === undefined || owner.uid === 0 ? await findNobody() : { uid: owner.uid, gid: owner.gid };
  const closedFolder = await findClosedFolder(owner === undefined ? home : dirname(directory), account);
  if (closedFolder === undefined) return { directory, account };
  if (owner !== undefined) throw unreachableCluster(directory, closedFolder);
  return { directory: join(SHARED_FOLDER, hash(home), 'postgres'), account, closedFolder };
}

/** To be called once the cluster is there: from then on its absence is an error, not a first start. */
export async function rememberLocation(home: string, directory: string): Promise<void> {
  if (dirname(directory) !== home) await writeDurably(memoryPath(home), `${directory}\n`, 0o644);
}

function hash(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, 16);
}

function lostCluster(home: string, directory: string): Error {
  return new Error(
    `The data of ${home} lay in ${directory}, and are not there. ` +
      `Bring that folder back; or, to start with an empty database, remove ${memoryPath(home)}.`,
  );
}

function foreignCluster(directory: string, uid: number): Error {
  return new Error(
    `The data in ${directory} belong to the account with uid ${String(uid)}. ` +
      'Start Parley as that account or as root, or give this one a folder of its own with PARLEY_HOME.',
  );
}

function unreachableCluster(directory: string, closedFolder: string): Error {
  return new Error(
    `PostgreSQL cannot reach its data in ${directory}: their owner may no longer enter ${closedFolder}. ` +
      `Open it with: chmod o+x ${closedFolder}`,
  );
}
