import { Kafka, logLevel } from 'kafkajs';
import { openKafkaDoor, type KafkaDoor } from '../../../test/harness/kafka-door.js';
import { createTestKafka } from '../../../test/harness/test-kafka.js';
import type { ContractMember } from '../src/contract/contract-adapter.js';
import { ContractWorld, everyOffset, offsetsOf, until, writeEffects } from '../src/contract/contract-world.js';
import type { LogRecord, Subscription, Tail } from '../src/event-log.js';
import { openKafkaAdapter, type KafkaAdapter } from './open-kafka-adapter.js';

/** A reader takes up to 4 s until it connects anew, and asks again; it must not count as stuck then. */
const stuckAfterMs = 6_000;
const kafka = createTestKafka();
const stuck: string[] = [];
let door: KafkaDoor;
let adapter: KafkaAdapter;
let world: ContractWorld;

beforeAll(async () => {
  door = await openKafkaDoor(4);
  adapter = await openKafkaAdapter(kafka);
  world = await ContractWorld.create(() => Promise.resolve(adapter));
}, 60_000);

afterEach(async () => {
  door.thaw();
  await world.closeMembers();
  stuck.length = 0;
});

afterAll(async () => {
  await world.close();
  await door.close();
});

/** Everybody else has a way of his own to Kafka. */
const openBehindDoor = (): Promise<ContractMember> =>
  world.openWith(() =>
    adapter.openWith({
      kafka: { ...kafka, brokers: [door.address] },
      ...{ stuckAfterMs, onStuck: (reason: string) => stuck.push(reason) },
    }),
  );

const isStopped =
  (reason: string) =>
  (reader: Subscription | Tail): boolean =>
    reader.health().reason?.includes(reason) === true;

/** For so long after it was not well the first time. */
async function expectUnwellFor(ms: number, reader: Subscription | Tail): Promise<void> {
  await until('the reader to say so', () => !reader.health().ok);
  const since = performance.now();
  let wasWell = false;
  await until('the time to pass', () => {
    wasWell ||= reader.health().ok;
    return performance.now() - since > ms;
  });
  expect(wasWell).toBe(false);
}

const appendIn = (member: ContractMember, topic: string, values: readonly unknown[]): Promise<void> =>
  member.database.transaction((transaction) => {
    member.log.appendIn(
      transaction,
      values.map((value) => world.record(topic, 'x', value)),
    );
    return Promise.resolve();
  });
const valuesOf = async (topic: string): Promise<readonly unknown[]> =>
  (await world.effects(topic)).map(({ value }) => JSON.parse(value) as unknown);
const totalOf = async (member: ContractMember, topic: string): Promise<number> =>
  Object.values((await member.log.range(topic)).end).reduce((sum, next) => sum + next, 0);

describe('a reader whose questions are heard and never answered', () => {
  it('is not well until it reads again, however well the rest of Kafka answers, and is not taken for stuck', async () => {
    const topic = world.topic();
    const [member, other] = [await openBehindDoor(), await world.open()];
    const subscription = await member.log.subscribe('group', topic, writeEffects);
    await other.log.append(world.spread(topic, 1));
    await world.offsetsOfEffects(topic, world.adapter.partitions);

    door.hush('fetch');
    await expectUnwellFor(1.3 * stuckAfterMs, subscription);
    await other.log.append(world.spread(topic, 1));
    door.thaw();

    const offsets = await world.offsetsOfEffects(topic, 2 * world.adapter.partitions);
    expect(offsets).toEqual(everyOffset((await other.log.range(topic)).end));
    await until('the subscription to be well', () => subscription.health().ok);
    expect(stuck).toEqual([]);
  }, 40_000);

  it('lets its partitions go to members that are answered, and shares them again when it is', async () => {
    const topic = world.topic();
    const [member, other] = [await openBehindDoor(), await world.open()];
    const handled = new Set<string>();
    const subscription = await member.log.subscribe('group', topic, async (transaction, records) => {
      await writeEffects(transaction, records);
      handled.add('member');
    });
    await other.log.subscribe('group', topic, async (transaction, records) => {
      await writeEffects(transaction, records);
      handled.add('other');
    });
    await until('both to have partitions', async () => {
      await other.log.append(world.spread(topic, 1));
      return handled.size === 2;
    });

    door.hush('fetch');
    await until('the subscription to say so', () => !subscription.health().ok);
    await other.log.append(world.spread(topic, 1));
    const offsets = await world.offsetsOfEffects(topic, await totalOf(other, topic));
    expect(offsets).toEqual(everyOffset((await other.log.range(topic)).end));
    expect(subscription.health().ok).toBe(false);

    door.thaw();
    handled.clear();
    await until('both to have partitions', async () => {
      await other.log.append(world.spread(topic, 1));
      return handled.size === 2;
    });
    const total = await totalOf(other, topic);
    expect(await world.offsetsOfEffects(topic, total)).toEqual(everyOffset((await other.log.range(topic)).end));
  }, 40_000);
});

describe('a tail whose questions are heard and never answered', () => {
  it('is not well until it reads again, and misses nothing', async () => {
    const topic = world.topic();
    const [member, other] = [await openBehindDoor(), await world.open()];
    await other.log.append(world.spread(topic, 1));
    const seen: LogRecord[] = [];
    const tail = await member.log.tail({ topic, from: 'earliest', onRecord: (record) => void seen.push(record) });
    await until('the first records', () => seen.length === world.adapter.partitions);

    door.hush('fetch');
    await expectUnwellFor(1.3 * stuckAfterMs, tail);
    await other.log.append(world.spread(topic, 2));
    door.thaw();

    await until('the others', () => seen.length >= 3 * world.adapter.partitions);
    expect(offsetsOf(seen)).toEqual(everyOffset((await other.log.range(topic)).end));
    await until('the tail to be well', () => tail.health().ok);
    expect(stuck).toEqual([]);
  }, 40_000);
});

describe('a relay whose records are heard and never answered', () => {
  it('lets others relay, which does no harm, and is well again without anything new to relay', async () => {
    const topic = world.topic();
    const member = await openBehindDoor();
    await appendIn(member, topic, [0]);
    await until('the first to be relayed', async () => (await member.log.lag('relay', topic)).records === 0);

    door.hush('produce');
    await appendIn(member, topic, [1, 2]);
    await until('the log to say so', async () => !(await member.log.health()).ok);
    const other = await world.open();
    await other.log.subscribe('group', topic, writeEffects);
    await appendIn(other, topic, [3]);

    await until('all effects', async () => (await valuesOf(topic)).length >= 4);
    expect(await valuesOf(topic)).toEqual([0, 1, 2, 3]);
    expect((await other.log.lag('relay', topic)).records).toBe(0);
    door.thaw();
    await until('the log to be well', async () => (await member.log.health()).ok);
    expect(await valuesOf(topic)).toEqual([0, 1, 2, 3]);
    expect(stuck).toEqual([]);
  }, 40_000);
});

describe('a topic that was made anew', () => {
  const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();

  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());

  const makeAnew = async (topic: string): Promise<void> => {
    const name = `${kafka.topicPrefix}${topic}`;
    await admin.deleteTopics({ topics: [name] });
    await until('the topic to be gone', async () => !(await admin.listTopics()).includes(name));
    const topics = [{ topic: name, numPartitions: 8 }];
    await until('the topic to be made', () => admin.createTopics({ topics, waitForLeaders: false }));
  };

  it('stops what reads it: nothing of it is skipped', async () => {
    const topic = world.topic();
    const member = await world.open();
    const subscription = await member.log.subscribe('group', topic, writeEffects);
    const told: LogRecord[] = [];
    const tail = await member.log.tail({ topic, from: 'earliest', onRecord: (record) => void told.push(record) });
    await member.log.append(world.spread(topic, 2));
    await world.offsetsOfEffects(topic, 2 * world.adapter.partitions);
    await until('the tail to have all', () => told.length === 2 * world.adapter.partitions);

    await makeAnew(topic);

    const reason = 'Partition 3: position 2 is beyond the end of the log (0): was it restored or made anew?';
    await until('every partition to have stopped', () => [subscription, tail].every(isStopped(reason)));
    expect(await world.effects(topic)).toHaveLength(2 * world.adapter.partitions);
  }, 40_000);
});
