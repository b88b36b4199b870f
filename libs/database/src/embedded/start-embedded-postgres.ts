import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearOrphan } from './clear-orphan.js';
import { locateCluster, rememberLocation } from './cluster-location.js';
import type { ClusterLocation } from './cluster-location.js';
import { createCluster, hasCluster, hasPassword, keepPassword, setAside } from './create-cluster.js';
import { findBinaries } from './find-binaries.js';
import { makeFolder } from './file-system.js';
import { keepRunning } from './keep-running.js';
import { launchServer } from './launch-server.js';
import { acquireOwnerLock } from './owner-lock.js';
import type { OwnerLock } from './owner-lock.js';
import { placeBinaries } from './place-binaries.js';
import type { Postmaster, Programs } from './postmaster.js';
import { createDatabase, PARLEY, waitUntilReady } from './prepare-database.js';
import { lastLines, readServerLog } from './server-log.js';

export interface EmbeddedPostgres {
  readonly url: string;
  /** Nothing was ever stored here before. */
  readonly firstStart: boolean;
  readonly dataDirectory: string;
  stop(): Promise<void>;
  /** Resolves when PostgreSQL has ended, by `stop` or, where it is not kept running, by itself. */
  readonly exited: Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly home: string;
  /** Takes the few lines worth telling the operator. */
  readonly say: (line: string) => void;
  /** Default 40; each connection in use costs about 9 MB. */
  readonly maxConnections?: number;
  /** Of PostgreSQL, beside what it always gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of PostgreSQL, before those that suit one process on a small machine. */
  readonly serverSettings?: Readonly<Record<string, string>>;
  /** Started again, on the same port, when it ends by itself. Default false. */
  readonly isKeptRunning?: boolean;
}

const DEFAULT_MAX_CONNECTIONS = 40;

/** Runs PostgreSQL on the data in `home`, creating them the first time. The process that starts it owns it until `stop`. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await makeFolder(options.home);
  const home = await realpath(options.home);
  const locks: OwnerLock[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(locks.splice(0).map((lock) => lock.release()));
  };
  try {
    locks.push(await acquireOwnerLock(home));
    const location = await locateCluster(home);
    const folder = dirname(location.directory);
    await makeFolder(folder);
    // A copied home remembers the same folder as its original.
    if (folder !== home) locks.push(await acquireOwnerLock(folder));
    return await startOwned({ ...options, home }, location, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function startOwned(
  options: EmbeddedPostgresOptions,
  location: ClusterLocation,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const { home, say, maxConnections = DEFAULT_MAX_CONNECTIONS, environment = {}, serverSettings = {} } = options;
  const { directory: cluster, account } = location;
  const found = await findBinaries();
  const programs: Programs = {
    folder: await placeBinaries(found, home, account),
    environment,
    ...(account !== undefined && { account }),
  };
  sayWhere(options, location, programs);
  await clearOrphan(cluster, say);
  const password = await prepareCluster(options, location, programs, found.major);
  const settings = {
    cluster,
    maxConnections,
    serverSettings,
    waitUntilReady: (port: number, signal: AbortSignal) => waitUntilReady(cluster, { port, password }, signal),
  };
  const postmaster = await launchServer(programs, settings);
  const { port } = postmaster;
  try {
    const firstStart = await createDatabase({ port, password });
    const url = `postgres://${PARLEY}:${password}@127.0.0.1:${String(port)}/${PARLEY}`;
    const ended = async ({ logStart }: Postmaster, reason: string): Promise<void> => {
      say(`PostgreSQL ended by itself (${reason}). ${lastLines(await readServerLog(cluster, logStart))}`);
    };
    const launch = async (): Promise<Postmaster> => {
      await clearOrphan(cluster, say);
      return launchServer(programs, { ...settings, port });
    };
    const kept =
      options.isKeptRunning === true ? keepRunning(postmaster, { launch, ended, say }) : watch(postmaster, ended);
    const stop = async (): Promise<void> => {
      await kept.stop();
      await release();
    };
    return { url, firstStart, dataDirectory: cluster, exited: kept.exited, stop };
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
}

/** Data outside PARLEY_HOME surprise whoever deletes or backs it up. */
function sayWhere({ home, say }: EmbeddedPostgresOptions, location: ClusterLocation, programs: Programs): void {
  const { directory, closedFolder } = location;
  if (dirname(directory) === home) return;
  const reason = closedFolder === undefined ? '' : `: its account cannot enter ${closedFolder}`;
  say(`PostgreSQL keeps its data in ${directory} and runs from ${programs.folder}${reason}.`);
}

/** Sees to it that there is a cluster; answers its password. */
async function prepareCluster(
  { home, say }: EmbeddedPostgresOptions,
  location: ClusterLocation,
  programs: Programs,
  major: string,
): Promise<string> {
  const { directory, closedFolder } = location;
  const isNewHome = !(await hasPassword(home));
  let isThere = await hasCluster(directory, major);
  if (isThere && isNewHome) {
    if (closedFolder === undefined) throw lostPassword(home, directory);
    say(`Data of an earlier ${home}, deleted since, were moved to ${await setAside(directory)}.`);
    isThere = false;
  }
  const password = await keepPassword(home);
  if (!isThere) await createCluster(programs, directory, password);
  await rememberLocation(home, directory);
  return password;
}

function lostPassword(home: string, directory: string): Error {
  return new Error(
    `The password of the data in ${directory} is missing: ${join(home, 'postgres-password')}. ` +
      'Put that file back, or move the data away to begin with an empty database.',
  );
}

function watch(
  postmaster: Postmaster,
  told: (postmaster: Postmaster, reason: string) => Promise<void>,
): Pick<EmbeddedPostgres, 'stop' | 'exited'> {
  let isStopping = false;
  const exited = postmaster.exited.then((reason) => (isStopping ? undefined : told(postmaster, reason)));
  const stop = async (): Promise<void> => {
    isStopping = true;
    await postmaster.stop();
    await exited;
  };
  return { stop, exited };
}
