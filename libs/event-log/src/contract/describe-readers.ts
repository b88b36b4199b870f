import type { LogRecord } from '../event-log.js';
import { everyOffset, offsetsOf, until, type ContractWorld } from './contract-world.js';

export function describeReaders(world: () => ContractWorld): void {
  it('reads on from a cursor without gap or repeat, on any process', async () => {
    const topic = world().topic();
    const [one, other] = await Promise.all([world().open(), world().open()]);
    const seen: LogRecord[] = [];
    const onRecord = (record: LogRecord): void => void seen.push(record);
    const rounds = 6;
    const perRound = rounds * world().adapter.partitions;

    await one.log.append(world().spread(topic, rounds));
    const first = await one.log.tail({ topic, from: 'earliest', onRecord });
    await until('the first round', () => seen.length === perRound);
    await first.close();
    await other.log.append(world().spread(topic, rounds));
    const second = await other.log.tail({ topic, from: first.positions(), onRecord });
    await Promise.all(
      [one, other].flatMap(({ log }) =>
        world()
          .spread(topic, rounds)
          .map((record) => log.append([record])),
      ),
    );
    await until('all rounds', () => seen.length >= 4 * perRound);

    const { end } = await one.log.range(topic);
    expect(offsetsOf(seen)).toEqual(everyOffset(end));
    expect(second.positions()).toEqual(end);
    expect(second.health()).toEqual({ ok: true });
  });

  it('shows a tail what is read back later, word for word', async () => {
    const topic = world().topic();
    const member = await world().open();
    const seen: LogRecord[] = [];
    await member.log.tail({ topic, from: 'end', onRecord: (record) => void seen.push(record) });

    await member.log.append([{ ...world().record(topic, 'half \ud800', '🙂'), headers: { odd: '\u001e' } }]);

    await until('the record', () => seen.length === 1);
    expect(seen).toEqual(await world().readAll(member, topic));
  });

  it('begins a tail at the end when asked to', async () => {
    const topic = world().topic();
    const [one, other] = await Promise.all([world().open(), world().open()]);
    await one.log.append([world().record(topic, 'x', 'before')]);
    const seen: string[] = [];
    await other.log.tail({ topic, from: 'end', onRecord: ({ value }) => void seen.push(value) });

    await one.log.append([world().record(topic, 'x', 'after')]);

    await until('the record', () => seen.length > 0);
    expect(seen).toEqual(['"after"']);
  });

  it('ends a tail whose listener throws, and says so', async () => {
    const topic = world().topic();
    const member = await world().open();
    const tail = await member.log.tail({
      topic,
      from: 'end',
      onRecord: () => {
        throw new Error('socket gone');
      },
    });

    await member.log.append([world().record(topic, 'x')]);

    await until('the end of the tail', () => !tail.health().ok);
    expect(tail.health().reason).toContain('socket gone');
    expect(Object.values(tail.positions()).every((position) => position === 0)).toBe(true);
  });

  it('refuses a cursor that lies beyond the end of the log', async () => {
    const topic = world().topic();
    const member = await world().open();
    const opening = member.log.tail({ topic, from: { 0: 7 }, onRecord: () => undefined });
    await expect(opening).rejects.toThrow('beyond the end');
  });

  it('reads a range of one workspace only', async () => {
    const topic = world().topic();
    const member = await world().open();
    const foreign = '7a0c2d7e-8f21-4f0e-8a3c-6f1f0b3f9c02';
    const partition = member.log.partitionOf('x');
    const append = (value: number, workspaceId: string): Promise<void> =>
      member.log.append([{ ...world().record(topic, 'x', value), workspaceId }]);
    await append(0, foreign);
    for (const value of [1, 2, 3, 4]) await append(value, '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01');

    const read = (to: number, limit: number): Promise<readonly LogRecord[]> =>
      member.log.read({ topic, workspaceId: '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01', partition, from: 0, to, limit });

    expect((await read(100, 100)).map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
    expect((await read(3, 100)).map(({ offset }) => offset)).toEqual([1, 2]);
    expect((await read(100, 3)).map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(
      (await member.log.read({ topic, workspaceId: foreign, partition, from: 0, to: 9, limit: 9 })).map(
        ({ value }) => value,
      ),
    ).toEqual(['0']);
  });

  it('is healthy while it can append', async () => {
    const member = await world().open();
    expect(await member.log.health()).toEqual({ ok: true });
  });
}
