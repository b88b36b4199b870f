import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { readIfThere } from './file-system.js';

/** User, and name of the database, that the server in PARLEY_HOME holds. */
export const PARLEY = 'parley';

export interface ServerAddress {
  readonly port: number;
  readonly password: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Long enough to recover a large write-ahead log on a slow disk. */
const READY_TIMEOUT_MS = 120_000;
/** The eighth line of postmaster.pid. */
const SAYS_READY = /^ready\s*$/m;
const CANNOT_CONNECT_NOW = '57P03';
const WRONG_PASSWORD = '28P01';

/** Asks the server's pid file first: a server that is still starting writes each refused connection into its log. */
export async function waitUntilReady(cluster: string, address: ServerAddress, signal: AbortSignal): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  for (const end = Date.now() + READY_TIMEOUT_MS; !signal.aborted;) {
    if (SAYS_READY.test((await readIfThere(pidFile)) ?? '') && (await acceptsConnections(address))) return;
    if (Date.now() > end) throw new Error('PostgreSQL accepts no connections.');
    await sleep(10);
  }
}

async function acceptsConnections(address: ServerAddress): Promise<boolean> {
  try {
    await withClient(address, () => Promise.resolve());
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== CANNOT_CONNECT_NOW) throw explainRefusal(error);
    return false;
  }
}

function explainRefusal(error: DatabaseError): Error {
  if (error.code !== WRONG_PASSWORD) return error;
  const advice =
    'The file postgres-password in PARLEY_HOME does not fit to its data; put back the one that was made with them.';
  return new Error(`PostgreSQL refuses our password. ${advice}`, { cause: error });
}

/** True when the database was not there yet: nothing was ever stored here. */
export function createDatabase(address: ServerAddress): Promise<boolean> {
  return withClient(address, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [PARLEY]);
    if (rowCount !== 0) return false;
    await client.query(`create database ${PARLEY} owner ${PARLEY}`);
    return true;
  });
}

async function withClient<T>({ port, password }: ServerAddress, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: PARLEY,
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A server that ends while we are connected shows in the pending call too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
