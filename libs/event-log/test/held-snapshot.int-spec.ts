import { ContractWorld, workspaceId } from '../src/contract/contract-world.js';
import { openPostgresAdapter } from './open-postgres-adapter.js';

const appends = 1_000;

describe('under a snapshot that somebody holds', () => {
  let world: ContractWorld;

  beforeAll(async () => {
    world = await ContractWorld.create(openPostgresAdapter);
  });
  afterEach(() => world.closeMembers());
  afterAll(() => world.close());

  /** What a statement must look at, in pages of 8 kB: the same on every machine, however busy. */
  const pagesOf = async (sql: string): Promise<number> => {
    const [row] = await world.adapter.database.query<{ 'QUERY PLAN': readonly [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json) ${sql}`,
    );
    const plan = row?.['QUERY PLAN'][0].Plan;
    return Number(plan?.['Shared Hit Blocks']) + Number(plan?.['Shared Read Blocks']);
  };

  it('an append looks at no more than before, and updates no row (interleaving 10)', async () => {
    const topic = world.topic();
    const { log } = await world.open();
    const append = `select * from log_append('${topic}', '0', 'x', '${workspaceId}', '{}', '"one"')`;
    await log.append(world.spread(topic, 1));

    const [before, after] = await world.adapter.database.transaction(async (holder) => {
      await holder.query('set transaction isolation level repeatable read');
      await holder.query('select count(*) from contract_effects');
      const first = await pagesOf(append);
      for (let round = 0; round < appends; round += 1) await world.adapter.database.query(append);
      return [first, await pagesOf(append)] as const;
    });

    // the index is a level deeper; a counter row would have left a version for every append to be walked through
    expect(after - before).toBeLessThan(10);
    const updated = await world.adapter.database.query(
      `select n_tup_upd::integer as updated from pg_stat_user_tables where relname = 'log_records'`,
    );
    expect(updated).toEqual([{ updated: 0 }]);
  });
});
