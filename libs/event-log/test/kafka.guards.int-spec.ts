import { Kafka, logLevel } from 'kafkajs';
import { freePort } from '../../../test/harness/free-port.js';
import { openKafkaDoor, type KafkaDoor } from '../../../test/harness/kafka-door.js';
import { createTestKafka } from '../../../test/harness/test-kafka.js';
import { ContractWorld, everyOffset, until, workspaceId, writeEffects } from '../src/contract/contract-world.js';
import { createKafkaSender } from '../src/kafka/kafka-sender.js';
import { kafkaConfigOf } from '../src/kafka/kafka-settings.js';
import { openKafkaAdapter } from './open-kafka-adapter.js';

/** Facebook waits 5 s; the rest is for a busy machine. */
const answeredWithinMs = 4_500;
const kafka = createTestKafka();
const { brokers, topicPrefix } = kafka;

/** What the real log may do to our partitions, past our adapter. */
const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
let door: KafkaDoor;
let world: ContractWorld;

beforeAll(async () => {
  door = await openKafkaDoor(1);
  await admin.connect();
  world = await ContractWorld.create(() => openKafkaAdapter({ brokers: [door.address], topicPrefix }));
}, 60_000);

afterEach(async () => {
  door.thaw();
  await world.closeMembers();
});

afterAll(async () => {
  await world.close();
  await admin.disconnect();
  await door.close();
});

/** As retention does. */
async function deleteBefore(topic: string, partition: number, offset: number): Promise<void> {
  const name = `${topicPrefix}${topic}`;
  // kafkajs looks for the leaders of topics that it has been asked about
  await admin.fetchTopicOffsets(name);
  await admin.deleteTopicRecords({ topic: name, partitions: [{ partition, offset: String(offset) }] });
}

describe('appends to Kafka', () => {
  it('are all there and in order when answers get lost', async () => {
    const topic = world.topic();
    const member = await world.open();
    const values = Array.from({ length: 12 }, (_, index) => index);
    await member.log.append([world.record(topic, 'one', -1)]);

    for (const value of values) {
      door.loseAnswers(value % 2);
      await member.log.append([world.record(topic, 'one', value)]);
    }

    const stored = (await world.readAll(member, topic)).map((record) => Number(record.value));
    expect([...new Set(stored)]).toEqual([-1, ...values]);
    // an answer that was lost leaves its record twice: at least once, and what comes in is known by its id
    expect(stored.length).toBeGreaterThan(values.length + 1);
  });

  it('keep their order when many wait and answers get lost (interleaving 26)', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append([world.record(topic, 'one', -1)]);
    const values = Array.from({ length: 400 }, (_, index) => index);
    door.loseAnswers(5);

    const calls = values.map((value) => member.log.append([world.record(topic, 'one', value)]));
    await Promise.all(calls);

    const stored = (await world.readAll(member, topic)).map((record) => Number(record.value));
    expect([...new Set(stored)]).toEqual([-1, ...values]);
  });

  it('find a broker that lives, though the first of those that are named does not', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append([world.record(topic, 'one', 'before')]);
    const dead = `127.0.0.1:${await freePort()}`;
    const sender = createKafkaSender(kafkaConfigOf({ ...kafka, brokers: [dead, ...brokers] }));

    await sender.send([
      {
        topic: `${topicPrefix}${topic}`,
        partition: 0,
        key: 'x',
        value: '"after"',
        headers: { 'workspace-id': workspaceId },
      },
    ]);
    await sender.close();

    expect((await world.readAll(member, topic)).map(({ value }) => value)).toContain('"after"');
  });

  it('are given up where a next one begins: nothing of them comes behind it', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append([world.record(topic, 'one', 'before')]);
    const sender = createKafkaSender(kafkaConfigOf({ ...kafka, brokers: [door.address] }));
    const send = (value: string): Promise<void> =>
      sender.send([
        { topic: `${topicPrefix}${topic}`, partition: 0, key: 'x', value, headers: { 'workspace-id': workspaceId } },
      ]);
    await send('"first"');
    door.freeze();

    const [givenUp] = await Promise.allSettled([send('"given up"'), send('"next"')]);
    expect(givenUp.status).toBe('rejected');
    await sender.close();

    const stored = (await world.readAll(member, topic)).map(({ value }) => value);
    expect(stored.filter((value) => value !== '"before"')).toEqual(['"first"', '"next"']);
  }, 30_000);

  it('go on in time over a new connection when one freezes (interleaving 26)', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append([world.record(topic, 'x', 'before')]);
    door.freeze();
    const since = performance.now();

    await member.log.append([world.record(topic, 'x', 'meanwhile')]);
    expect(performance.now() - since).toBeLessThan(answeredWithinMs);

    const stored = (await world.readAll(member, topic)).map(({ value }) => value);
    expect(stored).toEqual(['"before"', '"meanwhile"']);
  }, 30_000);

  it('are refused in time when the broker freezes, and go on when it wakes (interleaving 26)', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append([world.record(topic, 'x', 'before')]);
    door.freezeAll();
    const since = performance.now();

    await expect(member.log.append([world.record(topic, 'x', 'lost sight of')])).rejects.toThrow();
    expect(performance.now() - since).toBeLessThan(answeredWithinMs);

    door.thaw();
    await member.log.append([world.record(topic, 'x', 'after')]);
    const stored = (await world.readAll(member, topic)).map(({ value }) => value);
    expect(stored).toEqual(expect.arrayContaining(['"before"', '"after"']));
  }, 30_000);
});

describe('a group that reads Kafka', () => {
  it('says when nothing comes any more, and goes on over a new connection while the old one hangs', async () => {
    const topic = world.topic();
    const member = await world.open();
    const subscription = await member.log.subscribe('group', topic, writeEffects);
    await member.log.append(world.spread(topic, 1));
    await world.offsetsOfEffects(topic, world.adapter.partitions);
    expect(subscription.health()).toEqual({ ok: true });

    const since = performance.now();
    door.freezeAll();
    await until('the subscription to say so', () => !subscription.health().ok);
    // kafkajs itself would wait 5 s for a fetch
    expect(performance.now() - since).toBeLessThan(answeredWithinMs);
    expect(subscription.health().reason).toContain('Cannot read Kafka');
    expect(await member.log.health()).toMatchObject({ ok: false, reason: expect.stringContaining('Kafka') as string });
    door.thaw();

    await until('the log to take appends', () =>
      member.log.append(world.spread(topic, 1)).then(
        () => true,
        () => false,
      ),
    );
    const { end } = await member.log.range(topic);
    const total = Object.values(end).reduce((sum, next) => sum + next, 0);
    expect(await world.offsetsOfEffects(topic, total)).toEqual(everyOffset(end));
    await until('the subscription to be well', () => subscription.health().ok);
  }, 40_000);

  it('stops a partition whose records are gone, instead of going on behind them (interleaving 27)', async () => {
    const topic = world.topic();
    const member = await world.open();
    const first = await member.log.subscribe('group', topic, writeEffects);
    await member.log.append(world.spread(topic, 1));
    await world.offsetsOfEffects(topic, world.adapter.partitions);
    await first.close();
    await member.log.append(world.spread(topic, 2));
    await deleteBefore(topic, 3, 2);

    const subscription = await member.log.subscribe('group', topic, writeEffects);

    await world.offsetsOfEffects(topic, 3 * world.adapter.partitions - 2);
    await until('the partition to stop', () => !subscription.health().ok);
    expect(subscription.health().reason).toContain('Partition 3: position 1 is before the oldest record kept (2)');
    const offsets = (await world.effects(topic)).filter(({ partition }) => partition === 3).map(({ offset }) => offset);
    expect(offsets).toEqual([0]);
  });

  it('stops a partition whose records go while it reads (interleaving 27)', async () => {
    const topic = world.topic();
    const member = await world.open();
    const gate = world.gate();
    const subscription = await member.log.subscribe('group', topic, () => gate.opened, { maxBatch: 2_000 });
    await member.log.append([world.record(topic, world.keyOf(3))]);
    // more than a reader keeps before it: it has to come back to Kafka for the rest
    for (let count = 0; count < 5; count += 1) {
      const records = Array.from({ length: 900 }, () => world.record(topic, world.keyOf(3), 'x'.repeat(1_000)));
      await member.log.append(records);
    }
    const { end } = await member.log.range(topic);
    await deleteBefore(topic, 3, Number(end[3]) - 1);
    gate.open();

    const reason = (): string => String(subscription.health().reason);
    await until('the partition to stop', () => reason().includes('before the oldest record kept'));
    expect(reason()).toMatch(/Partition 3: position \d+ is before the oldest record kept/);
  }, 30_000);
});
