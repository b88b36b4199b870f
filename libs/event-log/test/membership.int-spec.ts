import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { until } from '../src/contract/contract-world.js';
import { createLeases } from '../src/postgres/consumer-leases.js';
import { joinGroup } from '../src/postgres/membership.js';
import { openPostgresEventLog } from '../src/postgres/open-postgres-event-log.js';
import { openPostgresAdapter } from './open-postgres-adapter.js';

/** Of which a fifth passes between two looks: longer than `until` waits. */
const leaseMs = 120_000;
/** Of which 10 are promised: the rest is for opening the partitions and reading. Ends are kept in whole milliseconds. */
const promisedLease = 8.001;

describe('what a dead member leaves', () => {
  let adapter: ContractAdapter;

  beforeAll(async () => {
    adapter = await openPostgresAdapter();
  });
  afterAll(() => adapter.close());

  it.each([
    ['its lease is over, not when it would be time to look again', '0.5 second', 'dead', 0],
    ['its lease is over, though somebody has looked since it was given up itself', '-0.01 second', 'dead', 0],
    ['it is given up, where it had not yet taken its share', '0.5 second', null, 4],
  ])('is taken up when %s', async (name, memberLeft, owner, shareBefore) => {
    const { database, partitions } = adapter;
    const group = { group: 'group', topic: name };
    await createLeases(database, group, partitions);
    await database.query(
      `insert into consumer_members values ('group', $1, 'dead', clock_timestamp() + $2::text::interval)`,
      [name, memberLeft],
    );
    await database.query(
      `update consumer_leases set owner = $2, until = clock_timestamp() + interval '0.5 second' where topic = $1`,
      [name, owner],
    );
    const owned: number[] = [];

    const membership = await joinGroup({
      ...{ database, partitions, member: { ...group, member: 'alive', leaseMs } },
      isStuck: () => false,
      changed: (now) => owned.push(now.length),
      tellGroup: () => undefined,
    });
    try {
      await until('all partitions', () => owned.at(-1) === partitions);
      expect(owned[0]).toBe(shareBefore);
      expect(membership.problems()).toEqual([]);
    } finally {
      await membership.leave();
    }
  });

  it('is free 8 s after its last sign of life: 2 of 10 s are left to take it up', async () => {
    const { database } = adapter;
    const log = await openPostgresEventLog({ database });
    try {
      await log.subscribe('group', 'by.default', () => Promise.resolve());

      const ends = await database.query<{ left: number }>(
        `select extract(epoch from until - clock_timestamp())::float8 as left from consumer_leases where topic = 'by.default'
         union all
         select extract(epoch from until - clock_timestamp())::float8 from consumer_members where topic = 'by.default'`,
      );

      expect(ends).toHaveLength(adapter.partitions + 1);
      expect(Math.max(...ends.map(({ left }) => left))).toBeLessThanOrEqual(promisedLease);
    } finally {
      await log.close();
    }
  });
});
