import type { BatchHandler } from '../event-log.js';
import { everyOffset, until, writeEffects, type ContractWorld } from './contract-world.js';

export function describeSubscriptions(world: () => ContractWorld): void {
  it('reads from the oldest record when a group is new, and on from where it stood later', async () => {
    const topic = world().topic();
    const member = await world().open();
    await member.log.append(world().spread(topic, 3));

    const subscription = await member.log.subscribe('group', topic, writeEffects);
    await world().offsetsOfEffects(topic, 3 * world().adapter.partitions);
    await subscription.close();
    await member.log.append(world().spread(topic, 3));
    await member.log.subscribe('group', topic, writeEffects);

    const offsets = await world().offsetsOfEffects(topic, 6 * world().adapter.partitions);
    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
  });

  it('ends the running batch before a subscription is closed', async () => {
    const topic = world().topic();
    const member = await world().open();
    const started = world().gate();
    const subscription = await member.log.subscribe('group', topic, async (transaction, records) => {
      started.open();
      await transaction.query('select pg_sleep(0.3)');
      await writeEffects(transaction, records);
    });
    await member.log.append([world().record(topic, 'x')]);
    await started.opened;

    await subscription.close();

    expect(await world().effects(topic)).toHaveLength(1);
  });

  it('gives every group every record', async () => {
    const topic = world().topic();
    const member = await world().open();
    const seen = { a: 0, b: 0 };
    const count =
      (group: 'a' | 'b'): BatchHandler =>
      (_, records) => {
        seen[group] += records.length;
        return Promise.resolve();
      };
    await member.log.subscribe('a', topic, count('a'));
    await member.log.subscribe('b', topic, count('b'));

    await member.log.append(world().spread(topic, 5));

    await until('both groups', () => seen.a + seen.b >= 10 * world().adapter.partitions);
    expect(seen).toEqual({ a: 5 * world().adapter.partitions, b: 5 * world().adapter.partitions });
  });

  it('loses, doubles and reorders nothing while members join and leave', async () => {
    const topic = world().topic();
    const appender = await world().open();
    const rounds = 60;
    const appending = (async () => {
      for (let round = 0; round < rounds; round += 1) await appender.log.append(world().spread(topic, 1));
    })();
    const join = async (): Promise<Awaited<ReturnType<ContractWorld['open']>>> => {
      const member = await world().open();
      await member.log.subscribe('group', topic, writeEffects, { maxBatch: 7 });
      return member;
    };

    const first = await join();
    const second = await join();
    await world().offsetsOfEffects(topic, rounds);
    await world().leave(first);
    await join();
    await world().leave(second);
    await appending;

    const offsets = await world().offsetsOfEffects(topic, rounds * world().adapter.partitions);
    expect(offsets).toEqual(everyOffset((await appender.log.range(topic)).end));
  });

  it('shares the partitions among its members', async () => {
    const topic = world().topic();
    const members = await Promise.all([world().open(), world().open()]);
    const working = new Set<number>();
    const partitions = new Set<number>();
    for (const [at, { log }] of members.entries()) {
      await log.subscribe('group', topic, (_, records) => {
        working.add(at);
        for (const { partition } of records) partitions.add(partition);
        return Promise.resolve();
      });
    }

    await until('one round in which both work', async () => {
      working.clear();
      partitions.clear();
      await members[0].log.append(world().spread(topic, 1));
      await until('all partitions', () => partitions.size === world().adapter.partitions);
      return working.size === members.length;
    });

    expect(working).toEqual(new Set([0, 1]));
  });

  it('tells the lag of a group and how old it is', async () => {
    const topic = world().topic();
    const member = await world().open();
    await member.log.append(world().spread(topic, 2));

    const before = await member.log.lag('group', topic);
    await member.log.subscribe('group', topic, writeEffects);
    await world().offsetsOfEffects(topic, 2 * world().adapter.partitions);

    expect(before.records).toBe(2 * world().adapter.partitions);
    expect(before.seconds).toBeGreaterThanOrEqual(0);
    expect(before.seconds).toBeLessThan(10);
    expect(await member.log.lag('group', topic)).toEqual({ records: 0, seconds: 0 });
  });

  it('takes appends while a subscriber does not keep up, and then gives it all of them in order', async () => {
    const topic = world().topic();
    const member = await world().open();
    const gate = world().gate();
    await member.log.subscribe('group', topic, async () => {
      await gate.opened;
    });
    await member.log.append([world().record(topic, 'x')]);
    const slow = await member.log.subscribe('slow', topic, async (transaction, records) => {
      await gate.opened;
      await writeEffects(transaction, records);
    });

    for (let index = 0; index < 3; index += 1) {
      await member.log.append(Array.from({ length: 1_000 }, () => world().record(topic, 'x')));
    }
    gate.open();

    const offsets = await world().offsetsOfEffects(topic, 3_001);
    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
    await until('the subscriber to be well', () => slow.health().ok);
  });
}
