import { only } from '../../../test/harness/only.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { openDataSource } from '../src/data-source.js';
import type { Database, Queryable } from '../src/database.js';
import { openPgDatabase, sqlState } from '../src/pg-database.js';
import { startHoldingProxy } from './holding-proxy.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

let opened: OpenedDatabase;
let database: Database;

beforeAll(async () => {
  opened = await openMigratedDatabase();
  database = opened.database;
});
afterAll(() => opened.close());
beforeEach(() => database.query('truncate installation'));

const put = (sql: Queryable, key: string, value = ''): Promise<object[]> =>
  sql.query('insert into installation (key, value) values ($1, $2)', [key, value]);

const keys = async (): Promise<string[]> =>
  (await database.query<{ key: string }>('select key from installation order by key')).map(({ key }) => key);

const backendOf = async (sql: Queryable): Promise<number> => {
  return only(await sql.query<{ pid: number }>('select pg_backend_pid() as pid')).pid;
};

describe('query', () => {
  it('answers bigint as number, timestamptz as Date, jsonb parsed and bytea as bytes', async () => {
    const rows = await database.query(
      `select 9007199254740991::bigint as b, '2026-11-20T10:00:00.123Z'::timestamptz(3) as t, '{"a":[1]}'::jsonb as j, '\\x00ff'::bytea as y`,
    );

    expect(rows).toEqual([
      {
        b: 9007199254740991,
        t: new Date(Date.UTC(2026, 10, 20, 10, 0, 0, 123)),
        j: { a: [1] },
        y: Buffer.from([0, 255]),
      },
    ]);
  });

  it('refuses what waits or works too long, on every connection of the pool', async () => {
    const settings = await Promise.all(
      [1, 2, 3, 4].map(() =>
        database.query<{ pid: number }>(
          `select pg_backend_pid() as pid, pg_sleep(0.05)::text as slept, name, setting::integer as ms from pg_settings
           where name in ('statement_timeout', 'idle_in_transaction_session_timeout') order by name`,
        ),
      ),
    );

    expect(new Set(settings.flat().map(({ pid }) => pid)).size).toBe(4);
    expect(settings).toEqual(
      Array(4).fill([
        expect.objectContaining({ name: 'idle_in_transaction_session_timeout', ms: 2_000 }),
        expect.objectContaining({ name: 'statement_timeout', ms: 3_000 }),
      ]),
    );
  });

  it('gives up a lock only after PostgreSQL has looked for a deadlock, else none would ever be repeated', async () => {
    const settings = await database.query<{ lock_ms: number; deadlock_ms: number }>(
      `select max(setting::integer) filter (where name = 'lock_timeout') as lock_ms,
         max(setting::integer) filter (where name = 'deadlock_timeout') as deadlock_ms from pg_settings`,
    );

    const { lock_ms, deadlock_ms } = only(settings);
    expect(lock_ms).toBeGreaterThan(deadlock_ms);
    expect(lock_ms).toBeLessThanOrEqual(1_500);
  });
});

describe('a transaction', () => {
  it('commits when its work resolves, and answers what the work answers', async () => {
    const answer = await database.transaction(async (transaction) => {
      await put(transaction, 'a');
      expect(await keys()).toEqual([]);
      return 42;
    });

    expect(answer).toBe(42);
    expect(await keys()).toEqual(['a']);
  });

  it('rolls back when its work rejects, and throws what the work threw', async () => {
    const defect = new Error('no');
    const failing = database.transaction(async (transaction) => {
      await put(transaction, 'a');
      throw defect;
    });

    await expect(failing).rejects.toBe(defect);
    expect(await keys()).toEqual([]);
  });

  it('throws when a swallowed error had failed it', async () => {
    const failing = database.transaction(async (transaction) => {
      await put(transaction, 'a');
      await transaction.query('select 1/0').catch(() => undefined);
    });

    await expect(failing).rejects.toThrow('rolled back');
    expect(await keys()).toEqual([]);
  });

  it('asks for its last statement after the work and commits it with the rest', async () => {
    const committed: unknown[] = [];
    await database.transaction(async (transaction) => {
      const parameters = ['last', ''];
      transaction.last(() => ({
        sql: 'insert into installation (key, value) values ($1, $2) returning *',
        parameters,
        committed: (rows) => {
          committed.push(...rows);
        },
      }));
      await put(transaction, 'first');
      parameters[1] = 'set after the call';
    });

    expect(committed).toEqual([{ key: 'last', value: 'set after the call' }]);
    expect(await keys()).toEqual(['first', 'last']);
  });

  it('rolls everything back when its last statement fails, and says nothing of a commit', async () => {
    const committed: unknown[] = [];
    const failing = database.transaction(async (transaction) => {
      await put(transaction, 'a');
      transaction.last(() => ({
        sql: 'insert into installation (key, value) values ($1, $2)',
        parameters: ['a', ''],
        committed: (rows) => {
          committed.push(rows);
        },
      }));
    });

    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await keys()).toEqual([]);
    expect(committed).toEqual([]);
  });

  it('tells of a statement that was not waited for: at the next answer, or with the commit, and rolls back', async () => {
    const sendTwice = (then: (transaction: Queryable) => Promise<unknown>): Promise<unknown> =>
      database.transaction((transaction) => {
        transaction.send('insert into installation (key, value) values ($1, $2)', ['sent', '']);
        transaction.send('insert into installation (key, value) values ($1, $2)', ['sent', '']);
        transaction.send('insert into installation (key, value) values ($1, $2)', ['behind', '']);
        return then(transaction);
      });

    await expect(sendTwice(() => Promise.resolve())).rejects.toMatchObject({ code: '23505' });
    await expect(sendTwice((transaction) => put(transaction, 'waited'))).rejects.toMatchObject({ code: '23505' });
    expect(await keys()).toEqual([]);
  });

  it('commits what was sent without waiting, in its order', async () => {
    await database.transaction((transaction) => {
      transaction.send('insert into installation (key, value) values ($1, $2)', ['a', 'old']);
      transaction.send('update installation set value = $2 where key = $1', ['a', 'new']);
      return Promise.resolve();
    });

    expect(await database.query('select key, value from installation')).toEqual([{ key: 'a', value: 'new' }]);
  });

  it('goes on with prepared statements after a migration changed what they answer', async () => {
    const all = { name: 'all_of_changing', text: 'select * from changing' };
    const ask = (): Promise<object[]> => database.transaction((transaction) => transaction.query(all));
    await database.query('create table changing (a integer)');
    await Promise.all([ask(), ask(), ask(), ask()]);

    await database.query('alter table changing add column b integer');

    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual([[], [], [], []]);
    await database.query('drop table changing');
  });

  it('runs its work again after a deadlock (interleaving 11)', async () => {
    await put(database, 'a');
    await put(database, 'b');
    const runs: string[] = [];
    const holding = new Set<string>();
    const lockBoth = (first: string, second: string): Promise<void> =>
      database.transaction(async (transaction) => {
        runs.push(first);
        await transaction.query('update installation set value = value || $2 where key = $1', [first, first]);
        holding.add(first);
        await waitFor('both to hold one row', () => holding.size === 2);
        await transaction.query('update installation set value = value || $2 where key = $1', [second, first]);
      });

    await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')]);

    // the repeated work may meet the other once more
    expect(runs.length).toBeGreaterThanOrEqual(3);
    const values = await database.query<{ value: string }>('select value from installation');
    expect(values.map(({ value }) => Array.from(value).sort())).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('gives up on a row that another holds too long', async () => {
    await put(database, 'a');
    const waiting = database.transaction(async (holder) => {
      await holder.query(`update installation set value = 'held' where key = 'a'`);
      return database.query(`update installation set value = 'late' where key = 'a'`).catch(sqlState);
    });

    expect(await waiting).toBe('55P03');
  });

  it('rejects when its connection is cut, and the pool goes on', async () => {
    const cut = database.transaction(async (transaction) => {
      await put(transaction, 'a');
      await database.query('select pg_terminate_backend($1)', [await backendOf(transaction)]);
      await put(transaction, 'b');
    });

    await expect(cut).rejects.toThrow();
    await Promise.all(['c', 'd', 'e', 'f'].map((key) => database.transaction((transaction) => put(transaction, key))));
    expect(await keys()).toEqual(['c', 'd', 'e', 'f']);
  });

  it('rejects when its connection is cut while it sends nothing', async () => {
    const cut = database.transaction(async (transaction) => {
      const pid = await backendOf(transaction);
      await put(transaction, 'a');
      await database.query('select pg_terminate_backend($1)', [pid]);
      await waitFor('the backend to go', async () => {
        const left = await database.query('select from pg_stat_activity where pid = $1', [pid]);
        return left.length === 0;
      });
    });

    await expect(cut).rejects.toThrow();
    expect(await keys()).toEqual([]);
  });

  it('has a place of its own for what belongs to it', async () => {
    const mine = Symbol('mine');
    await database.transaction((transaction) => Promise.resolve(transaction.local.set(mine, 1)));

    expect(await database.transaction((transaction) => Promise.resolve(transaction.local.has(mine)))).toBe(false);
  });
});

describe('a pool', () => {
  it('survives that all its idle connections are cut', async () => {
    const other = openPgDatabase(await openDataSource({ url: opened.url, poolSize: 3 }));
    const pids = await Promise.all(
      [1, 2, 3].map(() => other.query<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.05)')),
    );
    await database.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [
      pids.map(([row]) => row?.pid),
    ]);

    const answer = await waitFor('a new connection', () => other.query('select 1 as one'));

    expect(answer).toEqual([{ one: 1 }]);
    await other.close();
  });
});

describe('listen', () => {
  const listener = `select pid from pg_stat_activity where datname = current_database() and query = 'listen "news"'`;

  it('hears what is notified, after a first call that says it stands', async () => {
    const heard: string[] = [];
    const listening = await database.listen('news', (payload) => heard.push(payload));
    expect(heard).toEqual(['']);

    await database.query(`select pg_notify('news', 'one')`);
    await database.query(`select pg_notify('other', 'not for us')`);
    await database.query(`select pg_notify('news', 'two')`);
    await waitFor('the news', () => heard.length === 3);
    await listening.close();

    expect(heard).toEqual(['', 'one', 'two']);
  });

  it('opens again when its connection is lost, and says that something may have been missed', async () => {
    const heard: string[] = [];
    const listening = await database.listen('news', (payload) => heard.push(payload));
    await database.query(`select pg_terminate_backend(pid) from (${listener}) l`);
    await waitFor('the second connection', () => heard.length === 2);
    await database.query(`select pg_notify('news', 'after')`);
    await waitFor('the news', () => heard.length === 3);
    await listening.close();

    expect(heard).toEqual(['', '', 'after']);
  });

  it('leaves no connection behind when it is closed while it is being opened again', async () => {
    const proxy = await startHoldingProxy(opened.url);
    const slow = openPgDatabase(await openDataSource({ url: proxy.url, poolSize: 1 }));
    const heard: string[] = [];
    const listening = await slow.listen('news', (payload) => heard.push(payload));
    proxy.hold();
    await database.query(`select pg_terminate_backend(pid) from (${listener}) l`);
    await waitFor('the second connection to begin', () => proxy.held() === 1);

    const closed = listening.close();
    proxy.release();
    await closed;
    await slow.close();

    await expect(waitFor('all connections to end', () => proxy.open() === 0, 3_000).finally(proxy.close)).resolves.toBe(
      true,
    );
    expect(heard).toEqual(['']);
  });
});
