import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { until } from '../src/contract/contract-world.js';
import { createLeases } from '../src/postgres/consumer-leases.js';
import { joinGroup } from '../src/postgres/membership.js';
import { openPostgresAdapter } from './open-postgres-adapter.js';

/** Of which a fifth passes between two looks: longer than `until` waits. */
const leaseMs = 120_000;
const group = { group: 'group', topic: 'left.behind' };

describe('what a dead member leaves', () => {
  let adapter: ContractAdapter;

  beforeAll(async () => {
    adapter = await openPostgresAdapter();
  });
  afterAll(() => adapter.close());

  it('is taken up when its lease is over, not when it would be time to look again', async () => {
    const { database, partitions } = adapter;
    const end = `clock_timestamp() + interval '1 second'`;
    await createLeases(database, group, partitions);
    await database.query(`insert into consumer_members values ('group', 'left.behind', 'dead', ${end})`);
    await database.query(`update consumer_leases set owner = 'dead', until = ${end} where topic = 'left.behind'`);
    let owned: readonly number[] = [];

    const membership = await joinGroup({
      ...{ database, partitions, member: { ...group, member: 'alive', leaseMs } },
      isStuck: () => false,
      changed: (now) => {
        owned = now;
      },
      tellGroup: () => undefined,
    });
    try {
      await until('all partitions', () => owned.length === partitions);
      expect(membership.problems()).toEqual([]);
    } finally {
      await membership.leave();
    }
  }, 30_000);
});
