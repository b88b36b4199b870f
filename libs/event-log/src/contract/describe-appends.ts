import { everyOffset, offsetsOf, once, until, writeEffects, type ContractWorld } from './contract-world.js';

export function describeAppends(world: () => ContractWorld): void {
  it('keeps the order of each key while several processes append', async () => {
    const topic = world().topic();
    const members = await Promise.all([world().open(), world().open()]);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const rounds = Array.from({ length: 20 }, (_, round) => round);
    const appendAll = async (log: (typeof members)[number]['log'], key: string): Promise<void> => {
      for (const round of rounds) await log.append([world().record(topic, key, round)]);
    };

    await Promise.all(members.flatMap(({ log }, at) => keys.map((key) => appendAll(log, `${key}${at}`))));

    const records = await world().readAll(members[0], topic);
    const ofKey = (key: string): unknown[] =>
      records.filter((record) => record.key === key).map(({ value }) => Number(value));
    const names = keys.flatMap((key) => [`${key}0`, `${key}1`]);
    expect(names.map(ofKey)).toEqual(names.map(() => rounds));
    expect(offsetsOf(records)).toEqual(everyOffset((await members[0].log.range(topic)).end));
  });

  it('keeps the order of calls that nobody waited for', async () => {
    const topic = world().topic();
    const member = await world().open();
    const values = Array.from({ length: 300 }, (_, index) => index);

    await Promise.all(values.map((value) => member.log.append([world().record(topic, 'one', value)])));

    expect((await world().readAll(member, topic)).map(({ value }) => Number(value))).toEqual(values);
  });

  it('gives back a record as it was appended', async () => {
    const topic = world().topic();
    const member = await world().open();
    const odd = [
      '🙂',
      '\u2028\u2029',
      '\uFFFF\uFFFE',
      'a\tb\nc',
      `'"\\`,
      'e\u0301',
      '𝕏'.repeat(50),
      'ß',
      '{}',
      '%s $1',
    ];
    const records = odd.map((text) => ({
      ...world().record(topic, text),
      headers: { text, 'schema-version': '1.0' },
      value: JSON.stringify({ text, nul: '\u0000', separator: '\u001e', half: '\ud800' }),
    }));

    await member.log.append(records);

    const read = await world().readAll(member, topic);
    const given = read.map(({ key, headers, value, workspaceId }) => ({ topic, key, headers, value, workspaceId }));
    expect(new Set(given)).toEqual(new Set(records));
  });

  it('stores a record of 1 MB, and 600 records of 2 kB in one call (interleaving 22)', async () => {
    const topic = world().topic();
    const member = await world().open();
    const many = Array.from({ length: 600 }, (_, index) =>
      world().record(topic, 'many', `${index} ${'x'.repeat(2_000)}`),
    );

    await member.log.append([world().record(topic, 'large', 'x'.repeat(1_048_576))]);
    await member.log.append(many);

    const records = await world().readAll(member, topic);
    expect(records.filter(({ key }) => key === 'many').map(({ value }) => value)).toEqual(
      many.map(({ value }) => value),
    );
    expect(records.find(({ key }) => key === 'large')?.value).toHaveLength(1_048_578);
  });

  it('takes the largest record that it may, in each way, and refuses a larger one in words', async () => {
    const topic = world().topic();
    const member = await world().open();
    // 3 bytes a character, 2 for the quotes; key and headers of 50 bytes at the most
    const largest = world().record(topic, 'x', '€'.repeat(2_793_400));
    const larger = world().record(topic, 'x', '€'.repeat(2_793_470));

    await member.log.append([largest]);
    await member.database.transaction((transaction) => {
      member.log.appendIn(transaction, [largest]);
      return Promise.resolve();
    });

    await expect(member.log.append([larger])).rejects.toThrow(`A record of ${topic} has 8380`);
    const inTransaction = member.database.transaction((transaction) => {
      member.log.appendIn(transaction, [larger]);
      return Promise.resolve();
    });
    await expect(inTransaction).rejects.toThrow(`A record of ${topic} has 8380`);
    await until('both', async () => (await world().readAll(member, topic)).length > 1);
    const stored = (await world().readAll(member, topic)).map(({ value }) => value === largest.value);
    expect(stored).toEqual([true, true]);
  });

  it('refuses one record without failing its neighbours (interleaving 22)', async () => {
    const topic = world().topic();
    const member = await world().open();
    const bad = { ...world().record(topic, 'bad'), workspaceId: 'not a uuid' };

    const ends = await Promise.allSettled(
      [world().record(topic, 'x', 1), bad, world().record(topic, 'x', 2)].map((record) => member.log.append([record])),
    );

    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await world().readAll(member, topic)).map(({ value }) => value)).toEqual(['1', '2']);
  });

  it('lets records appear with the commit of their transaction and not before', async () => {
    const topic = world().topic();
    const member = await world().open();
    // made before: nothing may idle in a transaction for long
    let early = (await world().readAll(member, topic)).length;

    await member.database.transaction(async (transaction) => {
      member.log.appendIn(transaction, [world().record(topic, 'x', 1)]);
      member.log.appendIn(transaction, [world().record(topic, 'x', 2)]);
      await transaction.query('select pg_sleep(0.2)');
      early = (await world().readAll(member, topic)).length;
    });

    expect(early).toBe(0);
    await until('the records', async () => (await world().readAll(member, topic)).length > 1);
    expect((await world().readAll(member, topic)).map(({ value }) => value)).toEqual(['1', '2']);
  });

  it('leaves no trace of a transaction that was rolled back', async () => {
    const topic = world().topic();
    const member = await world().open();

    const rolledBack = member.database.transaction(async (transaction) => {
      member.log.appendIn(transaction, [world().record(topic, 'x', 'never')]);
      await transaction.query('select pg_sleep(0.2)');
      throw new Error('changed our mind');
    });

    await expect(rolledBack).rejects.toThrow('changed our mind');
    await member.log.append([world().record(topic, 'x', 'first')]);
    expect((await world().readAll(member, topic)).map(({ offset, value }) => [offset, value])).toEqual([
      [0, '"first"'],
    ]);
  });

  it('makes an effect and its announcement one', async () => {
    const topic = world().topic();
    const member = await world().open();
    const failFirst = once(() => Promise.reject(new Error('after both')));
    await member.log.subscribe('group', topic, async (transaction, records) => {
      await writeEffects(transaction, records);
      member.log.appendIn(
        transaction,
        records.map(({ key, value }) => world().record(`${topic}.updates`, key, value)),
      );
      await failFirst();
    });

    await member.log.append(world().spread(topic, 2));

    const { end } = await member.log.range(topic);
    expect(await world().offsetsOfEffects(topic, 2 * world().adapter.partitions)).toEqual(everyOffset(end));
    expect((await member.log.range(`${topic}.updates`)).end).toEqual(end);
  });

  it('refuses appends after it was closed, and has stored what it took before', async () => {
    const topic = world().topic();
    const [member, other] = await Promise.all([world().open(), world().open()]);
    const appends = Array.from({ length: 50 }, (_, index) => member.log.append([world().record(topic, 'x', index)]));

    await member.log.close();

    await expect(member.log.append([world().record(topic, 'x', 'late')])).rejects.toThrow('closed');
    await Promise.all(appends);
    expect(await world().readAll(other, topic)).toHaveLength(50);
  });

  it('refuses to start with another number of partitions (interleaving 21)', async () => {
    const { adapter } = world();
    await expect(adapter.open({ partitions: adapter.partitions + 1 })).rejects.toThrow('partitions');
  });

  it('has one epoch for all processes', async () => {
    const [one, other] = await Promise.all([world().open(), world().open()]);
    expect(one.log.epoch()).toBe(other.log.epoch());
    expect(await one.log.knowsEpoch(one.log.epoch())).toBe(true);
    expect(await one.log.knowsEpoch('another log')).toBe(false);
  });
}
