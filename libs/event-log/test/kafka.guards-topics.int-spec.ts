import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { createTestKafka } from '../../../test/harness/test-kafka.js';
import { ContractWorld, until, writeEffects } from '../src/contract/contract-world.js';
import { openKafkaAdapter, type KafkaAdapterOptions } from './open-kafka-adapter.js';

const kafka = createTestKafka();
const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
const warnings: string[] = [];
let world: ContractWorld;

const worldWith = (options: KafkaAdapterOptions): Promise<ContractWorld> =>
  ContractWorld.create(() => openKafkaAdapter({ ...kafka, ...options }, (message) => warnings.push(message)));
const nameOf = (topic: string): string => `${kafka.topicPrefix}${topic}`;
/** As somebody has made it before us; what is not told is as we want it. */
async function makeTopic(topic: string, given: Readonly<Record<string, string>>, numPartitions = 8): Promise<void> {
  const right = {
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': '8388608',
    'retention.ms': '86400000',
  };
  const configEntries = Object.entries({ ...right, ...given }).map(([name, value]) => ({ name, value }));
  const name = nameOf(topic);
  await admin.createTopics({ topics: [{ topic: name, numPartitions, configEntries }], waitForLeaders: false });
  // kafkajs's own waiting ends with an error where the broker has not heard of the name yet
  const isLed = (): Promise<boolean> =>
    admin.fetchTopicOffsets(name).then(
      () => true,
      () => false,
    );
  await until('the topic to be led', isLed);
}

beforeAll(async () => {
  await admin.connect();
  world = await worldWith({});
}, 60_000);

afterEach(() => world.closeMembers());

afterAll(async () => {
  await world.close();
  await admin.disconnect();
});

describe('a topic that is there', () => {
  it.each([
    ['cleanup.policy', 'compact', 'cleanup.policy=compact instead of delete'],
    ['cleanup.policy', 'compact,delete', 'cleanup.policy=compact,delete instead of delete'],
    ['retention.ms', '3600000', 'retention.ms=3600000 instead of 86400000'],
    ['retention.bytes', '1048576', 'retention.bytes=1048576 instead of -1'],
    ['message.timestamp.type', 'CreateTime', 'message.timestamp.type=CreateTime instead of LogAppendTime'],
    ['max.message.bytes', '1048588', 'max.message.bytes=1048588 instead of 8388608'],
    ['compression.type', 'zstd', 'compression.type=zstd instead of producer'],
    ['min.insync.replicas', '2', 'keeps 1 copies of a record, and wants 2 written'],
  ])('is refused with %s=%s', async (name, value, reason) => {
    const topic = world.topic();
    await makeTopic(topic, { [name]: value });
    const { log } = await world.open();

    await expect(log.append([world.record(topic, 'x')])).rejects.toThrow(`The topic ${nameOf(topic)} in Kafka`);
    await expect(log.append([world.record(topic, 'x')])).rejects.toThrow(reason);
  });

  it.each([3, 9])('is refused with %d partitions', async (partitions) => {
    const topic = world.topic();
    await makeTopic(topic, {}, partitions);
    const { log } = await world.open();
    const reason = `has ${partitions} partitions instead of 8`;
    await expect(log.append([world.record(topic, 'x')])).rejects.toThrow(reason);
  });

  it.each([
    ['retention.ms', '-1'],
    ['retention.ms', '604800000'],
    ['max.message.bytes', '16777216'],
    ['compression.type', 'gzip'],
  ])('is taken with %s=%s, which loses nothing', async (name, value) => {
    const topic = world.topic();
    await makeTopic(topic, { [name]: value });
    const member = await world.open();
    await member.log.append([world.record(topic, 'x', 'taken')]);
    expect((await world.readAll(member, topic)).map((record) => record.value)).toEqual(['"taken"']);
  });

  it('is refused where three copies are wanted and it has one, and two must be written', async () => {
    const other = await worldWith({ replication: 3 });
    try {
      const topic = other.topic();
      await makeTopic(topic, {});
      const { log } = await other.open();
      const append = log.append([other.record(topic, 'x')]);
      await expect(append).rejects.toThrow(
        /keeps 1 copies of a record instead of 3.*min\.insync\.replicas=1 instead of 2/,
      );
    } finally {
      await other.close();
    }
  });
});

describe('a topic that is made', () => {
  it('has what keeps its records', async () => {
    const topic = world.topic();
    const { log } = await world.open();
    await log.append([world.record(topic, 'x')]);

    const resources = [{ type: ConfigResourceTypes.TOPIC, name: nameOf(topic) }];
    const { resources: found } = await admin.describeConfigs({ resources, includeSynonyms: false });
    const settings = Object.fromEntries(
      found.flatMap(({ configEntries }) => configEntries.map((entry) => [entry.configName, entry.configValue])),
    );
    expect(settings).toMatchObject({
      'cleanup.policy': 'delete',
      'compression.type': 'producer',
      'max.message.bytes': '8388608',
      'message.timestamp.type': 'LogAppendTime',
      'min.insync.replicas': '1',
      'retention.bytes': '-1',
      'retention.ms': '86400000',
    });
    const { topics } = await admin.fetchTopicMetadata({ topics: [nameOf(topic)] });
    expect(topics[0]?.partitions).toHaveLength(8);
  });
});

describe('what is weaker than it should be', () => {
  it('is said by its name, once a process', async () => {
    const topics = [world.topic(), world.topic()];
    for (const topic of topics) await makeTopic(topic, { 'unclean.leader.election.enable': 'true' });
    warnings.length = 0;
    const { log } = await world.open();
    await log.append(topics.map((topic) => world.record(topic, 'x')));
    await log.append(topics.map((topic) => world.record(topic, 'x')));

    expect(warnings.filter((warning) => warning.startsWith("Kafka's"))).toEqual([
      expect.stringContaining("Kafka's replication factor is 1, less than 3"),
      expect.stringContaining("Kafka's min.insync.replicas is 1, less than 2"),
      expect.stringContaining("Kafka's unclean.leader.election.enable is true"),
    ]);
  });
});

describe('a topic that was deleted and made anew', () => {
  it('is not read where the one before it ended: its first records would be left out', async () => {
    const topic = world.topic();
    const { database } = world.adapter;
    const values = async (): Promise<readonly string[]> => (await world.effects(topic)).map(({ value }) => value);
    const before = await world.open();
    await before.log.subscribe('group', topic, writeEffects);
    await before.log.append([1, 2].map((value) => world.record(topic, 'x', value)));
    await until('what is read', async () => (await values()).length === 2);
    await world.leave(before);

    await admin.deleteTopics({ topics: [nameOf(topic)] });
    await until('it to be gone', async () => !(await admin.listTopics()).includes(nameOf(topic)));
    const after = await world.open();
    await after.log.append([3, 4, 5].map((value) => world.record(topic, 'x', value)));
    const group = await after.log.subscribe('group', topic, writeEffects);
    const reason = `The topic ${nameOf(topic)} in Kafka was deleted and made anew`;
    await until('the group to say so', () => String(group.health().reason).includes(reason));
    expect(await values()).toEqual(['1', '2']);

    // as docs/operating.md says
    await database.query('update consumer_positions set kafka_offset = null where topic = $1', [topic]);
    await database.query('delete from installation where key = $1', [`kafka_topic ${nameOf(topic)}`]);
    await until('the others', async () => (await values()).length === 5);
    expect(await values()).toEqual(['1', '2', '3', '4', '5']);
    expect(group.health()).toEqual({ ok: true });
  });
});

describe('another cluster than that of the positions', () => {
  it('is refused', async () => {
    const { database } = world.adapter;
    await (await world.open()).log.append([world.record(world.topic(), 'x')]);
    const member = await world.open();
    await database.query(`update installation set value = 'another' where key = 'kafka_cluster'`);
    const append = member.log.append([world.record(world.topic(), 'x')]);
    await expect(append).rejects.toThrow('of the Kafka cluster another');
    await database.query(`delete from installation where key = 'kafka_cluster'`);
  });
});
