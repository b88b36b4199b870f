import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { historyOf } from './data-source.js';
import type { Database, LastStatement, Queryable, Sql, Transaction } from './database.js';
import { listenOn } from './listen-on.js';

/** What a prepared statement says after a migration changed its columns: the connection is of no more use. */
const stalePlan = '0A000';
/** 40001 serialisation failure, 40P01 deadlock: rolled back for certain, so the work may simply run again. */
const repeatable = new Set(['40001', '40P01', stalePlan]);
/** Said of every statement behind the one that failed. */
const inFailedTransaction = '25P02';
const maxRepeats = 5;

/** Works on the pool that TypeORM opened: one pool a process, and hot statements pay for no query builder. */
export function openPgDatabase(dataSource: DataSource): Database {
  const pool = poolOf(dataSource);
  return {
    query: (sql, parameters) => withClient(pool, (client) => queryable(client).query(sql, parameters)),
    transaction: (work) => repeatOnConflict(() => runTransaction(pool, work)),
    listen: (channel, heard) => listenOn(pool.options, channel, heard),
    history: historyOf(pool),
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
  } catch (error) {
    if (error instanceof Error && sqlState(error) === stalePlan) broken = error;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

function queryable(client: pg.PoolClient): Queryable {
  return {
    query: async <Row extends object>(sql: Sql, parameters: readonly unknown[] = []): Promise<Row[]> =>
      (await ask<Row>(client, sql, parameters)).rows,
  };
}

function ask<Row extends object>(
  client: pg.PoolClient,
  sql: Sql,
  parameters: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  corkUntilNextTick(client);
  const statement = typeof sql === 'string' ? { text: sql } : sql;
  return client.query<Row>({ ...statement, values: [...parameters] });
}

/** What is sent in one turn goes out in one write: a write for each statement was an eighth of a busy process's time. */
function corkUntilNextTick(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => {
    stream.uncork();
  });
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
    const sent: Promise<unknown>[] = [];
    const send: Transaction['send'] = (sql, parameters = []) => {
      const answer = ask(client, sql, parameters);
      // heard of below, not at once
      answer.catch(() => undefined);
      sent.push(answer);
    };
    const committed: (() => void)[] = [];
    const transaction: Transaction = {
      ...queryable(client),
      send,
      last: (statement) => {
        last = statement;
      },
      afterCommit: (told) => {
        committed.push(told);
      },
      local: new Map(),
    };
    try {
      send('begin');
      const result = await work(transaction);
      await commit(client, sent, last());
      for (const told of committed) told();
      return result;
    } catch (failure) {
      const error = await originOf(failure, sent);
      // a connection whose rollback fails is in an unknown state: it is thrown away, and PostgreSQL rolls back by itself
      await client.query('rollback').catch((cause: unknown) => client.emit('error', cause));
      throw error;
    }
  });
}

/** A statement that was not waited for may have failed first: then its error is the one to tell. */
async function originOf(failure: unknown, sent: readonly Promise<unknown>[]): Promise<unknown> {
  if (sqlState(failure) !== inFailedTransaction) return failure;
  const answers = await Promise.allSettled(sent);
  const first = answers.find((answer) => answer.status === 'rejected');
  return first?.reason ?? failure;
}

async function commit(
  client: pg.PoolClient,
  sent: readonly Promise<unknown>[],
  last: LastStatement | null,
): Promise<void> {
  const appended = last === null ? undefined : ask<Record<string, unknown>>(client, last.sql, last.parameters);
  // answers come in the order of the statements, so the first refusal is the one that failed the transaction
  const [{ command }, result] = await Promise.all([client.query('commit'), appended, ...sent]);
  // COMMIT of a failed transaction is answered by ROLLBACK, without an error
  if (command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back.');
  last?.committed?.(result?.rows ?? []);
}
