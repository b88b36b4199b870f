import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { openKafkaDoor, type KafkaDoor } from '../../../test/harness/kafka-door.js';
import { createTestKafka } from '../../../test/harness/test-kafka.js';
import type { ContractMember } from '../src/contract/contract-adapter.js';
import { ContractWorld, once, until, writeEffects } from '../src/contract/contract-world.js';
import type { LogRecord } from '../src/event-log.js';
import { openKafkaAdapter } from './open-kafka-adapter.js';

const { brokers, topicPrefix } = createTestKafka();
const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
let door: KafkaDoor;
let world: ContractWorld;

beforeAll(async () => {
  door = await openKafkaDoor(2);
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
const relayBack = (topic: string): Promise<unknown> =>
  world.adapter.database.query(
    `update consumer_positions set position = 0 where consumer_group = 'relay' and topic = $1`,
    [topic],
  );
const isRelayed = (member: ContractMember, topic: string) => async (): Promise<boolean> =>
  (await member.log.lag('relay', topic)).records === 0;

describe('the relay', () => {
  it('brings what was appended in transactions to groups, between what was appended without', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.subscribe('group', topic, writeEffects);

    await member.log.append([world.record(topic, 'x', 'direct')]);
    await appendIn(member, topic, [1, 2]);
    await appendIn(member, topic, [3]);

    await until('all effects', async () => (await valuesOf(topic)).length === 4);
    expect((await valuesOf(topic)).filter((value) => value !== 'direct')).toEqual([1, 2, 3]);
    await until('nothing to relay', isRelayed(member, topic));
    expect(await member.log.lag('group', topic)).toEqual({ records: 0, seconds: 0 });
  });

  it('may relay all again: a group takes each record once, also after it was opened anew (interleaving 13)', async () => {
    const topic = world.topic();
    const member = await world.open();
    const first = await member.log.subscribe('group', topic, writeEffects);
    await appendIn(member, topic, [1, 2, 3]);
    await until('all effects', async () => (await valuesOf(topic)).length === 3);
    await until('nothing to relay', isRelayed(member, topic));
    await first.close();

    await relayBack(topic);
    await appendIn(member, topic, [4]);
    await until('all to be relayed', isRelayed(member, topic));
    await member.log.subscribe('group', topic, writeEffects);

    await until('the next effect', async () => (await valuesOf(topic)).length > 3);
    expect(await valuesOf(topic)).toEqual([1, 2, 3, 4]);
    const partition = member.log.partitionOf('x');
    expect((await member.log.range(topic)).end[partition]).toBeGreaterThanOrEqual(7);
    expect((await member.log.lag('group', topic)).records).toBe(0);
  });

  it('counts what a failed batch held as not yet taken', async () => {
    const topic = world.topic();
    const member = await world.open();
    const failFirst = once(() => Promise.reject(new Error('after the writes')));
    await member.log.subscribe('group', topic, async (transaction, records) => {
      await writeEffects(transaction, records);
      await failFirst();
    });

    await appendIn(member, topic, [1, 2]);

    await until('all effects', async () => (await valuesOf(topic)).length === 2);
    expect(await valuesOf(topic)).toEqual([1, 2]);
  });

  it('leaves what was relayed of a time that the database knows nothing of', async () => {
    const topic = world.topic();
    const member = await world.open();
    const foreign = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
    await foreign.connect();
    await member.log.append([world.record(topic, 'x', 'direct')]);
    const headers = { 'workspace-id': world.record(topic, 'x').workspaceId, sequence: '0', 'log-epoch': 'lost' };
    const partition = member.log.partitionOf('x');
    const messages = [{ key: 'x', value: '"lost"', partition, headers }];
    await foreign.send({ topic: `${topicPrefix}${topic}`, messages });
    await foreign.disconnect();

    await member.log.subscribe('group', topic, writeEffects);
    await appendIn(member, topic, ['kept']);

    await until('all effects', async () => (await valuesOf(topic)).length === 2);
    expect(await valuesOf(topic)).toEqual(['direct', 'kept']);
  });

  it('waits while Kafka is away, says so, and then brings everything in order (interleaving 13)', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.subscribe('group', topic, writeEffects);
    await appendIn(member, topic, [0]);
    await until('the first effect', async () => (await valuesOf(topic)).length === 1);
    await until('nothing to relay', isRelayed(member, topic));

    door.freezeAll();
    for (const value of [1, 2, 3, 4]) await appendIn(member, topic, [value]);
    await until('the log to say so', async () => !(await member.log.health()).ok);
    expect((await member.log.lag('relay', topic)).records).toBe(4);
    door.thaw();

    await until('all effects', async () => (await valuesOf(topic)).length === 5);
    expect(await valuesOf(topic)).toEqual([0, 1, 2, 3, 4]);
  }, 40_000);
});

describe('a record that Kafka takes from nobody', () => {
  const limit = async (topic: string, bytes: number): Promise<void> => {
    const resource = { type: ConfigResourceTypes.TOPIC, name: `${topicPrefix}${topic}` };
    const setting = { name: 'max.message.bytes', value: String(bytes) };
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [setting] }] });
    // the controller has answered; the broker hears of it a moment later
    await until('the broker to know its limit', async () => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
      const known = resources[0]?.configEntries.find(({ configName }) => configName === setting.name);
      return known?.configValue === setting.value;
    });
  };

  it('is set aside by the relay with its reason, and what is behind it goes on', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.subscribe('group', topic, writeEffects);
    await appendIn(member, topic, [0]);
    await until('the first effect', async () => (await valuesOf(topic)).length === 1);
    await limit(topic, 20_000);
    const large = 'x'.repeat(30_000);

    await appendIn(member, topic, [1, large, 2, 3]);
    await appendIn(member, topic, [4]);

    await until('all others', async () => (await valuesOf(topic)).length >= 5);
    expect(await valuesOf(topic)).toEqual([0, 1, 2, 3, 4]);
    await until('nothing to relay', isRelayed(member, topic));
    const dead = await world.readAll(member, `${topic}.dead-letter`);
    expect(dead.map(({ value }) => JSON.parse(value) as unknown)).toEqual([large]);
    expect(dead[0]?.headers).toMatchObject({
      'dead-letter-group': 'relay',
      'dead-letter-origin': `${topic}/${member.log.partitionOf('x')}/2`,
      'dead-letter-reason': expect.stringContaining('larger than the max') as string,
    });
    await until('the log to be well', async () => (await member.log.health()).ok);
  });

  it('is not what only together is too much', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.subscribe('group', topic, writeEffects);
    await appendIn(member, topic, [0]);
    await until('the first effect', async () => (await valuesOf(topic)).length === 1);
    await limit(topic, 50_000);

    await appendIn(
      member,
      topic,
      Array.from({ length: 12 }, (_, index) => `${index} ${'x'.repeat(30_000)}`),
    );

    await until('all effects', async () => (await world.effects(topic)).length >= 13);
    expect((await member.log.range(`${topic}.dead-letter`)).end).toMatchObject({ [member.log.partitionOf('x')]: 0 });
  });
});

describe('a tail of what is relayed', () => {
  it('goes on from PostgreSQL while Kafka is away, and has each record once (interleaving 13)', async () => {
    const topic = `${world.topic()}.updates`;
    const [writing, reading] = await Promise.all([world.open(), world.open()]);
    const seen: LogRecord[] = [];
    await appendIn(writing, topic, [0]);
    await reading.log.tail({ topic, from: 'earliest', onRecord: (record) => void seen.push(record) });
    await appendIn(writing, topic, [1]);
    await until('two records', () => seen.length === 2);
    door.freezeAll();
    await appendIn(writing, topic, [2]);
    await until('a third one', () => seen.length === 3);
    door.thaw();
    await appendIn(writing, topic, [3]);
    await until('a fourth one', () => seen.length === 4);
    await until('all to be relayed', isRelayed(writing, topic));

    // the time is that of whoever brought it
    const contentOf = (records: readonly LogRecord[]) => records.map((record) => ({ ...record, appendedAt: null }));
    expect(contentOf(seen)).toEqual(contentOf(await world.readAll(writing, topic)));
  }, 40_000);
});
