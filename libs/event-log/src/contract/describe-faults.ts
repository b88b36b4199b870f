import type { LogRecord } from '../event-log.js';
import { everyOffset, once, until, writeEffects, type ContractWorld } from './contract-world.js';

export function describeFaults(world: () => ContractWorld): void {
  it('keeps effects and position one when the handler fails after writing', async () => {
    const topic = world().topic();
    const member = await world().open();
    const failFirst = once(() => Promise.reject(new Error('the handler broke')));
    await member.log.subscribe('group', topic, async (transaction, records) => {
      await writeEffects(transaction, records);
      await failFirst();
    });

    await member.log.append(world().spread(topic, 3));

    const offsets = await world().offsetsOfEffects(topic, 3 * world().adapter.partitions);
    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
  });

  it('handles again what a crash interrupted between the handler and its commit', async () => {
    const topic = world().topic();
    const member = await world().open();
    const { database } = world().adapter;
    const terminate = once(async (backend: unknown) => {
      await database.query('select pg_terminate_backend($1)', [backend]);
    });
    const handled: number[] = [];
    await member.log.subscribe('group', topic, async (transaction, records) => {
      const [row] = await transaction.query<{ backend: number }>('select pg_backend_pid() as backend');
      await writeEffects(transaction, records);
      handled.push(...records.map(({ offset }) => offset));
      await terminate(row?.backend);
    });

    await member.log.append([world().record(topic, 'x', 1)]);
    await world().offsetsOfEffects(topic, 1);
    await member.log.append([world().record(topic, 'x', 2)]);

    await world().offsetsOfEffects(topic, 2);
    expect(handled).toEqual([0, 0, 1]);
    expect((await world().effects(topic)).map(({ value }) => value)).toEqual(['1', '2']);
  });

  it('lets another member take over from a frozen one, which does no harm when it wakes', async () => {
    const topic = world().topic();
    const [frozen, other] = await Promise.all([world().open(), world().open()]);
    const gate = world().gate();
    let isFrozen = false;
    const freeze = once(() => {
      isFrozen = true;
      return gate.opened;
    });
    const awake: string[] = [];
    await frozen.log.subscribe('group', topic, async (transaction, records) => {
      await freeze();
      await writeEffects(transaction, records);
      awake.push('frozen');
    });
    await frozen.log.append(world().spread(topic, 2));
    await until('the batch to begin', () => isFrozen);
    await other.log.subscribe('group', topic, async (transaction, records) => {
      await writeEffects(transaction, records);
      awake.push('other');
    });

    await world().offsetsOfEffects(topic, 2 * world().adapter.partitions);
    const before = new Set(awake);
    gate.open();
    await other.log.append(world().spread(topic, 2));

    const offsets = await world().offsetsOfEffects(topic, 4 * world().adapter.partitions);
    expect(offsets).toEqual(everyOffset((await other.log.range(topic)).end));
    expect(before).toEqual(new Set(['other']));
    await until('the frozen member to work again', async () => {
      await other.log.append(world().spread(topic, 1));
      return awake.includes('frozen');
    });
    const { end } = await other.log.range(topic);
    const total = Object.values(end).reduce((sum, next) => sum + next, 0);
    expect(await world().offsetsOfEffects(topic, total)).toEqual(everyOffset(end));
  });

  it('goes on while somebody holds an old snapshot (interleaving 10)', async () => {
    const topic = world().topic();
    const member = await world().open();
    await member.log.subscribe('group', topic, writeEffects);

    const offsets = await world().adapter.database.transaction(async (snapshot) => {
      await snapshot.query('set transaction isolation level repeatable read');
      await snapshot.query('select count(*) from contract_effects');
      for (let round = 0; round < 50; round += 1) await member.log.append(world().spread(topic, 1));
      return world().offsetsOfEffects(topic, 50 * world().adapter.partitions);
    });

    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
  });

  it('loses nothing when it is closed while busy', async () => {
    const topic = world().topic();
    const [busy, other] = await Promise.all([world().open(), world().open()]);
    const started = world().gate();
    await busy.log.subscribe(
      'group',
      topic,
      async (transaction, records) => {
        started.open();
        await transaction.query('select pg_sleep(0.05)');
        await writeEffects(transaction, records);
      },
      { maxBatch: 5 },
    );
    const appends = world()
      .spread(topic, 10)
      .map((record) => busy.log.append([record]));
    await started.opened;

    await world().leave(busy);
    const stored = (await Promise.allSettled(appends)).filter(({ status }) => status === 'fulfilled');
    await other.log.subscribe('group', topic, writeEffects);

    const offsets = await world().offsetsOfEffects(topic, stored.length);
    expect(stored).toHaveLength(10 * world().adapter.partitions);
    expect(offsets).toEqual(everyOffset((await other.log.range(topic)).end));
  });

  it('stops only the partition whose record a newer version wrote (interleaving 25)', async () => {
    const topic = world().topic();
    const member = await world().open();
    const subscription = await member.log.subscribe('group', topic, writeEffects);
    const newer = { ...world().record(topic, world().keyOf(1), 'newer'), headers: { 'schema-version': '2.0' } };
    const minor = { ...world().record(topic, world().keyOf(0), 'minor'), headers: { 'schema-version': '1.7' } };

    await member.log.append([world().record(topic, world().keyOf(1), 'before'), newer]);
    await member.log.append([world().record(topic, world().keyOf(1), 'behind'), minor]);

    await world().offsetsOfEffects(topic, 2);
    await until('the partition to stop', () => !subscription.health().ok);
    expect(subscription.health().reason).toContain('Partition 1 stopped at 1');
    await member.log.append([world().record(topic, world().keyOf(2), 'elsewhere')]);
    await world().offsetsOfEffects(topic, 3);
    const values = (await world().effects(topic)).map(({ value }) => value);
    expect(new Set(values)).toEqual(new Set(['"before"', '"minor"', '"elsewhere"']));
    expect((await member.log.range(`${topic}.dead-letter`)).end).toMatchObject({ 1: 0 });
  });

  it('stops a partition whose position lies beyond the end of the log', async () => {
    const topic = world().topic();
    const member = await world().open();
    const first = await member.log.subscribe('group', topic, writeEffects);
    await first.close();
    await world().adapter.database.query(
      `update consumer_positions set position = 9 where consumer_group = 'group' and topic = $1 and partition = 3`,
      [topic],
    );

    const subscription = await member.log.subscribe('group', topic, writeEffects);
    await member.log.append(world().spread(topic, 1));

    await world().offsetsOfEffects(topic, world().adapter.partitions - 1);
    await until('the partition to stop', () => !subscription.health().ok);
    expect(subscription.health().reason).toContain('Partition 3: position 9 is beyond the end of the log');
    expect((await world().effects(topic)).map(({ partition }) => partition)).not.toContain(3);
  });

  it('goes on after all its connections were cut', async () => {
    const topic = world().topic();
    const [one, other] = await Promise.all([world().open(), world().open()]);
    const seen: LogRecord[] = [];
    await one.log.subscribe('group', topic, writeEffects);
    const tail = await one.log.tail({ topic, from: 'earliest', onRecord: (record) => void seen.push(record) });
    await one.log.append(world().spread(topic, 1));
    await world().offsetsOfEffects(topic, world().adapter.partitions);

    await world().adapter.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await until('the log to take appends', () =>
      other.log.append(world().spread(topic, 1)).then(
        () => true,
        () => false,
      ),
    );

    const { end } = await world()
      .adapter.open()
      .then(async (member) => {
        const range = await member.log.range(topic);
        await member.close();
        return range;
      });
    const total = Object.values(end).reduce((sum, next) => sum + next, 0);
    expect(await world().offsetsOfEffects(topic, total)).toEqual(everyOffset(end));
    await until('the tail to follow', () => seen.length >= total);
    expect(tail.positions()).toEqual(end);
  });
}
