import type { Database, Transaction } from '#libs/database';
import { waitFor } from '../../../test/harness/wait-for.js';

type Change = (through: Database) => Promise<unknown>;

/** Until so many statements in this database wait for what another transaction holds. */
export async function untilBlocked(database: Database, count = 1): Promise<void> {
  await waitFor(`${count} to wait for another`, async () => {
    const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return (await database.query(sql)).length === count;
  });
}

/** The first has done all but its commit when the second comes, and commits when that waits for it. */
export async function meetAtCommit(database: Database, first: Change, second: Change): Promise<void> {
  let following: Promise<unknown> = Promise.resolve();
  await first({
    ...database,
    transaction: (work) =>
      database.transaction(async (sql) => {
        const done = await work(sql);
        following = second(database);
        await untilBlocked(database);
        return done;
      }),
  });
  await following;
}

/** The first has made one statement when the second comes, and goes on when that waits for it. */
export async function meetInBetween(database: Database, first: Change, second: Change): Promise<void> {
  let following: Promise<unknown> | undefined;
  const pausing = (sql: Transaction): Transaction => ({
    ...sql,
    query: async <Row extends object>(...asked: Parameters<Transaction['query']>): Promise<Row[]> => {
      const rows = await sql.query<Row>(...asked);
      if (following === undefined) {
        following = second(database);
        await untilBlocked(database);
      }
      return rows;
    },
  });
  await first({ ...database, transaction: (work) => database.transaction((sql) => work(pausing(sql))) });
  await following;
}

/** The same database; counts what was run, deadlocked ones each time. */
export function counted(database: Database): { readonly database: Database; readonly runs: () => number } {
  let runs = 0;
  const transaction: Database['transaction'] = (work) =>
    database.transaction((sql) => {
      runs += 1;
      return work(sql);
    });
  return { database: { ...database, transaction }, runs: () => runs };
}
