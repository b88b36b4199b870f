import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Database, LastStatement, Queryable, Transaction } from './database.js';
import { listenOn } from './listen-on.js';

/** 40001 serialisation failure, 40P01 deadlock: rolled back for certain, so the work may simply run again. */
const repeatable = new Set(['40001', '40P01']);
const maxRepeats = 5;

/** Works on the pool that TypeORM opened: one pool a process, and hot statements pay for no query builder. */
export function openPgDatabase(dataSource: DataSource): Database {
  const pool = poolOf(dataSource);
  return {
    query: (sql, parameters) => withClient(pool, (client) => queryable(client).query(sql, parameters)),
    transaction: (work) => repeatOnConflict(() => runTransaction(pool, work)),
    listen: (channel, heard) => listenOn(pool.options, channel, heard),
    close: () => dataSource.destroy(),
  };
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function poolOf(dataSource: DataSource): pg.Pool {
  const { master } = dataSource.driver as unknown as { master?: unknown };
  if (!(master instanceof pg.Pool))
    throw new Error('The data source has no open PostgreSQL pool: initialise it first.');
  return master;
}

/** 53300: too many connections. The pool's own error for a wait that was too long has no code. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    if (pool.ending || sqlState(error) !== undefined) throw error;
    const late = new Error('No connection to PostgreSQL could be had in time.', { cause: error });
    throw Object.assign(late, { code: '53300' });
  }
}

/** A connection that breaks while it is held is thrown away; without a listener its error would end the process. */
async function withClient<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

function queryable(client: pg.PoolClient): Queryable {
  return {
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(sql, [...parameters])).rows,
  };
}

async function repeatOnConflict<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let repeat = 1; ; repeat += 1) {
    try {
      return await run();
    } catch (error) {
      if (repeat > maxRepeats || !repeatable.has(sqlState(error) ?? '')) throw error;
      // else both run again side by side and meet again
      await delay(5 + Math.random() * 45);
    }
  }
}

function runTransaction<Result>(pool: pg.Pool, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  return withClient(pool, async (client) => {
    let last: () => LastStatement | null = () => null;
    const transaction: Transaction = {
      ...queryable(client),
      last: (statement) => {
        last = statement;
      },
      local: new Map(),
    };
    try {
      await client.query('begin');
      const result = await work(transaction);
      await commit(client, last());
      return result;
    } catch (error) {
      // a connection whose rollback fails is in an unknown state: it is thrown away, and PostgreSQL rolls back by itself
      await client.query('rollback').catch((failure: unknown) => client.emit('error', failure));
      throw error;
    }
  });
}

async function commit(client: pg.PoolClient, last: LastStatement | null): Promise<void> {
  const appended = last === null ? undefined : client.query<Record<string, unknown>>(last.sql, [...last.parameters]);
  const [statement, committed] = await Promise.allSettled([appended, client.query('commit')]);
  if (statement.status === 'rejected') throw statement.reason;
  if (committed.status === 'rejected') throw committed.reason;
  // COMMIT of a failed transaction is answered by ROLLBACK, without an error
  if (committed.value.command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back.');
  last?.committed?.(statement.value?.rows ?? []);
}
