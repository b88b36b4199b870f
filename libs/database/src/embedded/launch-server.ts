import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchPostmaster } from './postmaster.js';
import type { Postmaster, Programs } from './postmaster.js';
import { lastLines, readServerLog } from './server-log.js';

export interface LaunchOptions {
  readonly cluster: string;
  readonly maxConnections: number;
  readonly serverSettings?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
  /** Resolves once a connection is accepted on the port, rejects when that will never be. */
  readonly waitUntilReady: (port: number, signal: AbortSignal) => Promise<void>;
}

/** The processes of a killed server need a moment to end. */
const LEFTOVERS_MS = 10_000;
const LEFTOVERS_PAUSE_MS = 100;

// PostgreSQL has no codes for these; lc_messages=C keeps the words.
const PORT_TAKEN = 'could not create any TCP/IP sockets';
const LEFTOVERS = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

export async function launchServer(programs: Programs, options: LaunchOptions): Promise<Postmaster> {
  const giveUpAt = Date.now() + LEFTOVERS_MS;
  for (;;) {
    const outcome = await tryToLaunch(programs, options);
    if (typeof outcome !== 'string') return outcome;
    const isWorthAnotherTry = (outcome.includes(PORT_TAKEN) || LEFTOVERS.test(outcome)) && Date.now() < giveUpAt;
    if (!isWorthAnotherTry) throw new Error(`PostgreSQL did not start on ${options.cluster}. ${lastLines(outcome)}`);
    if (LEFTOVERS.test(outcome)) await sleep(LEFTOVERS_PAUSE_MS);
  }
}

/** The server, or its log if it ended at once. */
async function tryToLaunch(programs: Programs, options: LaunchOptions): Promise<Postmaster | string> {
  const { cluster, maxConnections, serverSettings = {}, waitUntilReady } = options;
  const postmaster = await launchPostmaster(programs, {
    cluster,
    maxConnections,
    serverSettings,
    port: options.port ?? (await findFreePort()),
  });
  const waiting = new AbortController();
  try {
    const ready = waitUntilReady(postmaster.port, waiting.signal).then(() => true);
    const isReady = await Promise.race([ready, postmaster.exited.then(() => false)]);
    return isReady ? postmaster : await readServerLog(cluster, postmaster.logStart);
  } catch (cause) {
    await postmaster.stop();
    const log = lastLines(await readServerLog(cluster, postmaster.logStart));
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)} ${log}`, { cause });
  } finally {
    waiting.abort();
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
