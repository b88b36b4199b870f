import type { Database } from '#libs/database';
import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { ContractWorld, everyOffset, offsetsOf, until, writeEffects } from '../src/contract/contract-world.js';
import { openPostgresEventLog } from '../src/postgres/open-postgres-event-log.js';
import { openPool, openPostgresAdapter } from './open-postgres-adapter.js';

describe('PostgreSQL event log, inside', () => {
  let adapter: ContractAdapter & { readonly url: string };
  let world: ContractWorld;

  beforeAll(async () => {
    world = await ContractWorld.create(async () => {
      adapter = await openPostgresAdapter();
      return adapter;
    });
  });
  afterEach(() => world.closeMembers());
  afterAll(() => world.close());

  const count = async (sql: string, parameters: readonly unknown[] = []): Promise<number> => {
    const [row] = await adapter.database.query<{ count: number }>(sql, parameters);
    return row?.count ?? -1;
  };

  it('stores what arrives during a flush with the next one', async () => {
    const topic = world.topic();
    const { log } = await world.open();

    await Promise.all(Array.from({ length: 500 }, (_, index) => log.append([world.record(topic, `key ${index}`)])));

    const commits = await count('select count(distinct xmin::text) from log_records where topic = $1', [topic]);
    expect(commits).toBeLessThanOrEqual(5);
    expect(await count('select count(*) from log_records where topic = $1', [topic])).toBe(500);
  });

  it('bounds a flush to 2,000 rows and 4 MB', async () => {
    const topic = world.topic();
    const { log } = await world.open();
    const flushes = async (key: string): Promise<number> =>
      count('select count(distinct xmin::text) from log_records where topic = $1 and key = $2', [topic, key]);

    await log.append(Array.from({ length: 4_500 }, () => world.record(topic, 'small')));
    await log.append(Array.from({ length: 9 }, () => world.record(topic, 'large', 'x'.repeat(1_000_000))));

    expect(await flushes('small')).toBe(3);
    expect(await flushes('large')).toBe(3);
  });

  it('locks partitions in one order: transactions over many of them meet without a deadlock (interleaving 11)', async () => {
    const topic = world.topic();
    const members = await Promise.all([world.open(), world.open()]);
    const transactions = 500;
    let left = transactions;
    const deadlocks = 'select deadlocks::integer as count from pg_stat_database where datname = current_database()';
    const before = await count(deadlocks);
    const work = async ({ log, database }: (typeof members)[number], seed: number): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const keys = Array.from({ length: 4 }, (_, index) => `key ${left * (seed + index * 3)}`);
        await database.transaction((transaction) => {
          log.appendIn(
            transaction,
            keys.map((key) => world.record(topic, key)),
          );
          log.appendIn(
            transaction,
            keys.reverse().map((key) => world.record(`${topic}.more`, key)),
          );
          return Promise.resolve();
        });
      }
    };

    await Promise.all(members.flatMap((member) => [1, 2, 3, 4].map((seed) => work(member, seed))));

    const records = await world.readAll(members[0], topic);
    expect(records).toHaveLength(4 * transactions);
    expect(offsetsOf(records)).toEqual(everyOffset((await members[0].log.range(topic)).end));
    // a backend tells its deadlocks when it ends
    await world.closeMembers();
    expect(await count(deadlocks)).toBe(before);
  });

  it('takes appends again within 3 s when a process froze with the partition in its hands', async () => {
    const topic = world.topic();
    const [frozen, other] = await Promise.all([world.open(), world.open()]);
    const gate = world.gate();
    const holds = world.gate();
    const holding = frozen.database.transaction(async (transaction) => {
      const partition = String(frozen.log.partitionOf('x'));
      await transaction.query('select * from log_append($1, $2, $3, $4, $5, $6)', [
        topic,
        partition,
        'x',
        '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01',
        '{}',
        '"half done"',
      ]);
      holds.open();
      await gate.opened;
    });
    await holds.opened;
    const start = performance.now();

    await other.log.append([world.record(topic, 'x', 'after')]);

    expect(performance.now() - start).toBeLessThan(3_000);
    gate.open();
    await expect(holding).rejects.toThrow();
    expect((await world.readAll(other, topic)).map(({ offset, value }) => [offset, value])).toEqual([[0, '"after"']]);
  });

  it('notifies after the commit and never inside the transaction', async () => {
    const topic = world.topic();
    const statements: string[] = [];
    const pool = await openPool(adapter.url);
    const log = await openPostgresEventLog({ database: spiedDatabase(pool, statements) });

    try {
      await log.append([world.record(topic, 'x')]);
      await until('the first word', () => statements.filter(isNotify).length === 1);
      await pool.transaction((transaction) => {
        log.appendIn(transaction, [world.record(topic, 'x')]);
        return Promise.resolve();
      });
      await until('the second word', () => statements.filter(isNotify).length === 2);
    } finally {
      await log.close();
      await pool.close();
    }

    expect(statements.filter(isNotify).every((sql) => !sql.includes('log_append'))).toBe(true);
    const source = `select count(*)::integer from pg_proc where proname like 'log_append%' and prosrc ~* 'notify'`;
    expect(await count(source)).toBe(0);
    expect(await count('select count(*)::integer from pg_trigger where not tgisinternal')).toBe(0);
  });

  it('wakes readers of other processes long before they would look by themselves', async () => {
    const topic = world.topic();
    const [one, other] = await Promise.all([world.open(), world.open()]);
    const delays: number[] = [];
    let sentAt = 0;
    await other.log.tail({ topic, from: 'end', onRecord: () => void delays.push(performance.now() - sentAt) });

    for (let round = 1; round <= 15; round += 1) {
      sentAt = performance.now();
      await one.log.append([world.record(topic, 'x')]);
      await until('the record', () => delays.length === round);
    }

    const median = delays.sort((a, b) => a - b)[7];
    expect(median).toBeLessThan(60);
  });

  it('finds by itself what no word came of', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.subscribe('group', topic, writeEffects);

    await adapter.database.query(`select * from log_append($1, '0', 'x', $2, '{}', '"silent"')`, [
      topic,
      '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01',
    ]);

    expect(await world.offsetsOfEffects(topic, 1)).toEqual({ 0: [0] });
  });

  it('stops a partition whose next records were deleted, and says so', async () => {
    const topic = world.topic();
    const member = await world.open();
    await (await member.log.subscribe('group', topic, writeEffects)).close();
    await member.log.append(world.spread(topic, 3));
    await adapter.database.query('delete from log_records where topic = $1 and partition = 5 and "offset" < 2', [
      topic,
    ]);

    const subscription = await member.log.subscribe('group', topic, writeEffects);

    await world.offsetsOfEffects(topic, 3 * (adapter.partitions - 1));
    await until('the partition to stop', () => !subscription.health().ok);
    expect(subscription.health().reason).toContain('Partition 5: position 0 is before the oldest record kept (2)');
    expect((await member.log.range(topic)).first[5]).toBe(2);
  });

  it("gives a dead member's partitions away when its lease is over", async () => {
    const topic = world.topic();
    const [dead, other] = await Promise.all([world.open(), world.open()]);
    await dead.log.subscribe('group', topic, writeEffects);
    await adapter.database.query(`update consumer_leases set owner = 'died' where topic = $1`, [topic]);
    await adapter.database.query(
      `insert into consumer_members select 'group', $1, 'died', clock_timestamp() + interval '1 second'`,
      [topic],
    );
    await world.leave(dead);

    await other.log.subscribe('group', topic, writeEffects);
    await other.log.append(world.spread(topic, 1));

    expect(await world.offsetsOfEffects(topic, adapter.partitions)).toEqual(
      everyOffset((await other.log.range(topic)).end),
    );
  });

  it('takes up its partitions at once under the name of a process that died', async () => {
    const topic = world.topic();
    const [died, database] = [await openPool(adapter.url), await openPool(adapter.url)];
    const name = { memberId: 'the only process', leaseMs: 60_000 };
    const dead = await openPostgresEventLog({ database: died, ...name });
    await dead.subscribe('group', topic, writeEffects);
    // without its database it can neither leave nor renew
    await died.close();
    await dead.close();

    const log = await openPostgresEventLog({ database, ...name });
    try {
      await log.subscribe('group', topic, writeEffects);
      await log.append(world.spread(topic, 1));
      const offsets = await world.offsetsOfEffects(topic, adapter.partitions);
      expect(offsets).toEqual(everyOffset((await log.range(topic)).end));
    } finally {
      await log.close();
      await database.close();
    }
  });

  it('has another epoch after the log was made anew', async () => {
    const member = await world.open();
    const before = member.log.epoch();

    await adapter.database.query(`
      begin;
      alter table log_records rename to log_records_before;
      create table log_records (like log_records_before including all);
      commit`);
    const after = (await world.open()).log.epoch();

    expect(member.log.epoch()).toBe(before);
    expect(after).not.toBe(before);
  });
});

const textOf = (sql: Parameters<Database['query']>[0]): string => (typeof sql === 'string' ? sql : sql.text);

const isNotify = (sql: string): boolean => sql.includes('notify');

/** The database itself, with an ear at every statement that goes out by itself. */
function spiedDatabase(database: Database, statements: string[]): Database {
  return {
    ...database,
    query: (sql, parameters) => {
      statements.push(textOf(sql));
      return database.query(sql, parameters);
    },
    transaction: (work) =>
      database.transaction((transaction) =>
        work({
          ...transaction,
          query: (sql, parameters) => {
            statements.push(`in a transaction: ${textOf(sql)}`);
            return transaction.query(sql, parameters);
          },
        }),
      ),
  };
}
