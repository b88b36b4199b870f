import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { passwordPath } from './create-cluster.js';
import { readIfThere } from './file-system.js';
import { locateCluster } from './cluster-location.js';
import { PARLEY } from './prepare-database.js';
import { findProcess } from './running-process.js';

/** In postmaster.pid. https://www.postgresql.org/docs/current/storage-file-layout.html */
const pidLine = 0;
const portLine = 3;

/** The URL of the PostgreSQL that runs on the data of `home`, or null when none does. */
export async function findEmbeddedPostgres(home: string): Promise<string | null> {
  const real = await realpath(home).catch(() => undefined);
  if (real === undefined) return null;
  const { directory } = await locateCluster(real);
  const lines = (await readIfThere(join(directory, 'postmaster.pid')))?.split('\n') ?? [];
  const server = await findProcess(Number(lines[pidLine]));
  const password = (await readIfThere(passwordPath(real)))?.trim();
  if (server?.command.includes('postgres') !== true || password === undefined) return null;
  return `postgres://${PARLEY}:${password}@127.0.0.1:${lines[portLine] ?? ''}/${PARLEY}`;
}
