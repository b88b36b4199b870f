import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { ContractWorld, offsetsOf, until, writeEffects } from '../src/contract/contract-world.js';
import type { LogRecord } from '../src/event-log.js';
import {
  countDeadLetters,
  deadLetterIdOf,
  dismissDeadLetter,
  findDeadLetter,
  listDeadLetters,
  openPostgresEventLog,
  PoisonError,
  replayDeadLetter,
  trimLog,
  type DeadLetter,
} from '../src/index.js';
import { openPostgresAdapter } from './open-postgres-adapter.js';

let adapter: ContractAdapter;
let world: ContractWorld;

beforeAll(async () => {
  world = await ContractWorld.create(async () => (adapter = await openPostgresAdapter()));
});
afterEach(async () => {
  await world.closeMembers();
  await adapter.database.query('truncate log_records, consumer_positions, dead_letter_ends');
});
afterAll(() => world.close());

const present = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error('It is not there.');
  return value;
};

describe('trimming the log', () => {
  const trim = (maxRecords = 1_000): Promise<number> =>
    adapter.database.transaction((sql) => trimLog(sql, { keepDays: 7, maxRecords, partitions: adapter.partitions }));
  const age = (topic: string, below: number, days = 8): Promise<unknown> =>
    adapter.database.query(
      `update log_records set appended_at = now() - make_interval(days => $3) where topic = $1 and "offset" < $2`,
      [topic, below, days],
    );

  it('deletes what is older than the days to keep, and nothing younger', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(world.spread(topic, 5));
    await age(topic, 3);
    await age(topic, 1, 30);

    expect(await trim()).toBe(3 * adapter.partitions);
    expect(offsetsOf(await world.readAll(member, topic))[0]).toEqual([3, 4]);
    expect((await member.log.range(topic)).first[0]).toBe(3);
    expect(await trim()).toBe(0);
  });

  it('never deletes the last record of a partition: the next append is numbered from it', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append([world.record(topic, 'x'), world.record(topic, 'x')]);
    await age(topic, 100);
    const partition = member.log.partitionOf('x');

    expect(await trim()).toBe(1);
    await member.log.append([world.record(topic, 'x')]);

    expect(offsetsOf(await world.readAll(member, topic))).toEqual({ [partition]: [1, 2] });
  });

  it('never passes a registered group, the slowest counts (interleaving 21)', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(world.spread(topic, 5));
    await age(topic, 100);
    for (const [group, position] of [
      ['fast', 5],
      ['slow', 2],
    ] as const) {
      await (await member.log.subscribe(group, topic, () => Promise.resolve())).close();
      await adapter.database.query('update consumer_positions set position = $2 where consumer_group = $1', [
        group,
        position,
      ]);
    }

    expect(await trim()).toBe(2 * adapter.partitions);

    await member.log.subscribe('slow', topic, writeEffects);
    expect((await world.offsetsOfEffects(topic, 3 * adapter.partitions))[0]).toEqual([2, 3, 4]);
  });

  it('deletes no more at once than it is told', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(Array.from({ length: 10 }, () => world.record(topic, 'x')));
    await age(topic, 100);

    expect([await trim(4), await trim(4), await trim(4)]).toEqual([4, 4, 1]);
  });

  it('leaves no hole when a clock went back', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(Array.from({ length: 5 }, () => world.record(topic, 'x')));
    await age(topic, 100);
    await adapter.database.query(`update log_records set appended_at = now() where topic = $1 and "offset" = 2`, [
      topic,
    ]);

    expect(await trim()).toBe(2);
    expect(offsetsOf(await world.readAll(member, topic))[member.log.partitionOf('x')]).toEqual([2, 3, 4]);
  });

  it('keeps dead letters until somebody has dealt with them, and forgets their ends with them', async () => {
    const topic = `${world.topic()}.dead-letter`;
    const member = await world.open();
    await member.log.append(Array.from({ length: 4 }, () => world.record(topic, 'x')));
    await age(topic, 100);
    const letterAt = async (offset: number): Promise<DeadLetter> =>
      present(await findDeadLetter(adapter.database, { topic, partition: member.log.partitionOf('x'), offset }));
    const ends = 'select "offset" from dead_letter_ends order by 1';

    expect(await trim()).toBe(0);
    const second = await letterAt(1);
    await adapter.database.transaction((sql) => dismissDeadLetter(sql, second));
    expect(await trim()).toBe(0);
    const first = await letterAt(0);
    await adapter.database.transaction((sql) => dismissDeadLetter(sql, first));
    expect(await trim()).toBe(2);
    expect(await adapter.database.query(ends)).toEqual([]);
    expect(offsetsOf(await world.readAll(member, topic))[member.log.partitionOf('x')]).toEqual([2, 3]);
  });

  it('waits with a new group that begins at the oldest record', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(world.spread(topic, 5));
    await age(topic, 100);
    const gate = world.gate();
    const holds = world.gate();
    const holding = adapter.database.transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock(7265727990)');
      await trimLog(sql, { keepDays: 7, maxRecords: 1_000, partitions: adapter.partitions });
      holds.open();
      await gate.opened;
    });
    await holds.opened;

    const subscribing = member.log.subscribe('new', topic, writeEffects);
    await until('the group to wait', async () => {
      const [row] = await adapter.database.query<{ count: number }>(
        `select count(*)::integer as count from pg_locks join pg_database d on d.oid = database
         where locktype = 'advisory' and not granted and d.datname = current_database()`,
      );
      return row?.count === 1;
    });
    gate.open();
    await holding;

    expect((await subscribing).health()).toEqual({ ok: true });
    expect((await world.offsetsOfEffects(topic, adapter.partitions))[0]).toEqual([4]);
  });
});

describe('dead letters', () => {
  /** Refuses "poison" until it is cured. */
  const bury = async (topic: string, values: readonly string[]) => {
    const member = await world.open();
    const doctor = { hasCured: false, seen: [] as LogRecord[] };
    await member.log.append(
      values.map((value) => ({
        ...world.record(topic, 'x', value),
        headers: { 'schema-version': '1.0', 'request-id': 'r-1' },
      })),
    );
    await member.log.subscribe('group', topic, async (sql, records) => {
      if (!doctor.hasCured && records.some(({ value }) => value.includes('poison'))) throw new PoisonError('no');
      await writeEffects(sql, records);
      doctor.seen.push(...records);
    });
    await until('the healthy ones', () => doctor.seen.length === values.filter((value) => value !== 'poison').length);
    await until('the dead letters', async () => (await open(topic)).length === values.length - doctor.seen.length);
    return { member, doctor };
  };
  const open = (topic: string): Promise<DeadLetter[]> =>
    listDeadLetters(adapter.database, { topic, withEnded: false, limit: 10 });
  const all = (topic: string): Promise<DeadLetter[]> =>
    listDeadLetters(adapter.database, { topic, withEnded: true, limit: 10 });

  it('are listed by their origin, with reason, attempts and age', async () => {
    const topic = world.topic();
    const { member } = await bury(topic, ['a', 'poison', 'b']);
    const letter = present((await open(topic))[0]);

    expect(letter).toMatchObject({
      outcome: null,
      record: {
        topic: `${topic}.dead-letter`,
        value: '"poison"',
        headers: { 'dead-letter-reason': 'no', 'dead-letter-origin': `${topic}/${member.log.partitionOf('x')}/1` },
      },
    });
    expect(letter.ageSeconds).toBeLessThan(20);
    expect(await open(`${topic}.dead-letter`)).toHaveLength(1);
    expect(await open(world.topic())).toEqual([]);
    expect(await countDeadLetters(adapter.database)).toEqual([{ topic: `${topic}.dead-letter`, count: 1 }]);
  });

  it('are replayed to their origin as they were, once, and count no more', async () => {
    const topic = world.topic();
    const { member, doctor } = await bury(topic, ['a', 'poison']);
    const letter = present((await open(topic))[0]);
    doctor.hasCured = true;
    const replay = (again = false): Promise<boolean> =>
      member.database.transaction((sql) => replayDeadLetter(sql, member.log, letter, { again }));

    expect(await replay()).toBe(true);
    await until('the record', () => doctor.seen.length === 2);
    expect(doctor.seen[1]).toMatchObject({
      topic,
      key: 'x',
      value: '"poison"',
      offset: 2,
      headers: { 'schema-version': '1.0', 'request-id': 'r-1', 'replayed-from': deadLetterIdOf(letter.record) },
    });
    expect(Object.keys(present(doctor.seen[1]).headers).filter((name) => name.startsWith('dead-letter'))).toEqual([]);

    expect(await replay()).toBe(false);
    expect(await open(topic)).toEqual([]);
    expect(await all(topic)).toEqual([expect.objectContaining({ outcome: 'replayed', endedAt: expect.any(Date) })]);
    expect(await countDeadLetters(adapter.database)).toEqual([{ topic: `${topic}.dead-letter`, count: 0 }]);

    expect(await replay(true)).toBe(true);
    await until('the record again', () => doctor.seen.length === 3);
  });

  it('are replayed once by two at a time', async () => {
    const topic = world.topic();
    const { member, doctor } = await bury(topic, ['poison']);
    const letter = present((await open(topic))[0]);
    doctor.hasCured = true;
    const replay = (): Promise<boolean> =>
      member.database.transaction((sql) => replayDeadLetter(sql, member.log, letter, { again: false }));

    expect((await Promise.all([replay(), replay(), replay()])).filter(Boolean)).toHaveLength(1);
    expect((await member.log.range(topic)).end[member.log.partitionOf('x')]).toBe(2);
  });

  it('are neither marked nor appended when the transaction fails', async () => {
    const topic = world.topic();
    const { member } = await bury(topic, ['poison']);
    const letter = present((await open(topic))[0]);
    const replay = member.database.transaction(async (sql) => {
      await replayDeadLetter(sql, member.log, letter, { again: false });
      throw new Error('pulled plug');
    });

    await expect(replay).rejects.toThrow('pulled plug');
    expect(await open(topic)).toHaveLength(1);
    expect((await member.log.range(topic)).end[member.log.partitionOf('x')]).toBe(1);
  });

  it('are dismissed once, and then neither listed nor replayed', async () => {
    const topic = world.topic();
    const { member } = await bury(topic, ['poison']);
    const letter = present((await open(topic))[0]);
    const dismiss = (): Promise<boolean> => member.database.transaction((sql) => dismissDeadLetter(sql, letter));

    expect([await dismiss(), await dismiss()]).toEqual([true, false]);
    expect(await open(topic)).toEqual([]);
    const replay = member.database.transaction((sql) => replayDeadLetter(sql, member.log, letter, { again: false }));
    expect(await replay).toBe(false);
  });

  it('are found by their own topic only', async () => {
    const topic = world.topic();
    const { member } = await bury(topic, ['a', 'poison']);
    const partition = member.log.partitionOf('x');

    expect(await findDeadLetter(adapter.database, { topic, partition, offset: 0 })).toBeNull();
    expect(await findDeadLetter(adapter.database, { topic: `${topic}.dead-letter`, partition, offset: 9 })).toBeNull();
    const key = { topic: `${topic}.dead-letter`, partition, offset: 0 };
    expect(deadLetterIdOf(present(await findDeadLetter(adapter.database, key)).record)).toBe(
      `${topic}.dead-letter/${partition}/0`,
    );
  });

  it('raise an alarm with the record; what passes by itself does not', async () => {
    const topic = world.topic();
    const told: [string, string | undefined][] = [];
    const { log, database } = await world.open();
    const watched = await openPostgresEventLog({
      database,
      onProblem: () => told.push(['problem', undefined]),
      onAlarm: (_message, _error, record) => told.push(['alarm', record?.headers['request-id']]),
    });
    try {
      await watched.subscribe('group', topic, () => Promise.reject(new PoisonError('no')));
      await log.append([{ ...world.record(topic, 'x'), headers: { 'request-id': 'r-7' } }]);
      await until('the alarm', () => told.length > 0);
      expect(told).toEqual([['alarm', 'r-7']]);
    } finally {
      await watched.close();
    }
  });
});
