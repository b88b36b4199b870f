import { everyOffset, until, writeEffects, type ContractWorld } from './contract-world.js';

/** How the records of one member come to its handler: one batch after the other, side by side only with a backlog. */
export function describeBatches(world: () => ContractWorld): void {
  it('hands over several partitions together and no more than asked for', async () => {
    const topic = world().topic();
    const member = await world().open();
    const sizes: number[] = [];
    const partitions: number[] = [];
    await member.log.append(world().spread(topic, 40));

    await member.log.subscribe(
      'group',
      topic,
      async (transaction, records) => {
        sizes.push(records.length);
        partitions.push(new Set(records.map(({ partition }) => partition)).size);
        await writeEffects(transaction, records);
      },
      { maxBatch: 60 },
    );

    const total = 40 * world().adapter.partitions;
    const offsets = await world().offsetsOfEffects(topic, total);
    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60);
    expect(Math.max(...partitions)).toBeGreaterThan(1);
  });

  it('works on a backlog by batches side by side, never two of one partition', async () => {
    const topic = world().topic();
    const member = await world().open();
    const busy: number[] = [];
    let atOnce = 0;
    let most = 0;
    let meetings = 0;
    // fewer partitions than batches that may go side by side
    const keys = [world().keyOf(0), world().keyOf(1)];
    const backlog = Array.from({ length: 60 }, () => keys.map((key) => world().record(topic, key))).flat();
    await member.log.append(backlog);

    await member.log.subscribe(
      'group',
      topic,
      async (transaction, records) => {
        const partitions = [...new Set(records.map(({ partition }) => partition))];
        meetings += partitions.filter((partition) => busy.includes(partition)).length;
        busy.push(...partitions);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await transaction.query('select pg_sleep(0.02)');
        await writeEffects(transaction, records);
        atOnce -= 1;
        for (const partition of partitions) busy.splice(busy.indexOf(partition), 1);
      },
      { maxBatch: 20 },
    );

    const offsets = await world().offsetsOfEffects(topic, backlog.length);
    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
    expect(most).toBeGreaterThan(1);
    expect(meetings).toBe(0);
  });

  it('gathers what comes while a batch is under way', async () => {
    const topic = world().topic();
    const member = await world().open();
    const goOn = world().gate();
    const sizes: number[] = [];
    let heardBeside = 0;
    await member.log.subscribe('beside', topic, (_, records) => {
      heardBeside += records.length;
      return Promise.resolve();
    });
    await member.log.subscribe('group', topic, async (_, records) => {
      sizes.push(records.length);
      await goOn.opened;
    });
    await member.log.append([world().record(topic, world().keyOf(0))]);
    await until('the first batch', () => sizes.length === 1);

    const total = 1 + 2 * world().adapter.partitions;
    await member.log.append(world().spread(topic, 2));
    await until('all of it beside', () => heardBeside === total);
    expect(sizes).toEqual([1]);
    goOn.open();

    await until('all of it', () => sizes.reduce((sum, size) => sum + size, 0) === total);
  });
}
