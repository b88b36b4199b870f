import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { ContractWorld } from '../src/contract/contract-world.js';
import { Inbox } from '../src/postgres/inbox.js';
import { readInbox } from '../src/postgres/read-log.js';
import { openPostgresAdapter } from './open-postgres-adapter.js';

describe('a page of the log in PostgreSQL', () => {
  let adapter: ContractAdapter;
  let world: ContractWorld;

  beforeAll(async () => {
    world = await ContractWorld.create(async () => {
      adapter = await openPostgresAdapter();
      return adapter;
    });
  });
  afterEach(() => world.closeMembers());
  afterAll(() => world.close());

  const ignore = (): void => undefined;

  /** Two partitions: in each the records of one key. */
  const read = async (values: readonly string[], limit: number): Promise<{ offsets: number[]; behind: number }> => {
    const topic = world.topic();
    const { log } = await world.open();
    const inbox = new Inbox({ wake: ignore, stopped: ignore, maxWaiting: 2_000, maxWaitingChars: 100_000_000 });
    const keys = ['a', 'b'];
    for (const key of keys) {
      await log.append(values.map((value) => world.record(topic, key, value)));
      inbox.open(log.partitionOf(key), 0);
    }

    await readInbox(adapter.database, topic, inbox, limit);

    const offsets = inbox.take(1_000, 100_000_000).map(({ offset }) => offset);
    return { offsets, behind: inbox.toRead().length };
  };

  it('has every record of each partition in order, and nothing is behind it', async () => {
    expect(await read(['one', 'two', 'three'], 4)).toEqual({ offsets: [0, 1, 2, 0, 1, 2], behind: 0 });
  });

  it('ends after as many records as are asked for, and more may be behind it', async () => {
    expect(await read(['one', 'two', 'three'], 2)).toEqual({ offsets: [0, 1, 0, 1], behind: 2 });
  });

  it('ends after 4 MB, and more is behind it', async () => {
    // 3 bytes each: what counts is what PostgreSQL holds
    const large = '€'.repeat(500_000);

    expect(await read([large, large, large, large], 10)).toEqual({ offsets: [0, 1, 2, 0, 1, 2], behind: 2 });
  });
});
