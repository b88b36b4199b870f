import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startTestCluster, type TestCluster } from '../../../test/harness/test-cluster.js';
import { createKafkaSender } from '../src/kafka/kafka-sender.js';
import { kafkaConfigOf } from '../src/kafka/kafka-settings.js';
import { ContractWorld, until, writeEffects, workspaceId } from '../src/contract/contract-world.js';
import { leaderOf } from './leader-of.js';
import { openKafkaAdapter } from './open-kafka-adapter.js';

const settings = { topicPrefix: 'faults.', tls: false, sasl: null, replication: null, retentionDays: 1 } as const;
let cluster: TestCluster;
let world: ContractWorld;

beforeAll(async () => {
  cluster = await startTestCluster(3);
  world = await ContractWorld.create(() => openKafkaAdapter({ ...settings, brokers: cluster.brokers }));
}, 120_000);

afterAll(async () => {
  await world.close();
  await cluster.stop();
}, 60_000);

afterEach(() => world.closeMembers());

/** As an operator does who takes a broker out of use. */
async function moveAway(topic: string, partition: number, broker: number): Promise<void> {
  const admin = new Kafka({ brokers: [...cluster.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { brokers } = await admin.describeCluster();
    const replicas = brokers.map(({ nodeId }) => nodeId).filter((id) => id !== broker);
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] });
  } finally {
    await admin.disconnect();
  }
}

const oneOfEach = (topic: string, round: string) =>
  Array.from({ length: world.adapter.partitions }, (_, partition) => ({
    topic: `${settings.topicPrefix}${topic}`,
    ...{ partition, key: 'x', value: `"${round} ${partition}"`, headers: { 'workspace-id': workspaceId } },
  }));

const leadOf = (topic: string): Promise<number> => leaderOf(cluster.brokers, `${settings.topicPrefix}${topic}`, 0);

describe('a batch that spans leaders', () => {
  it('is all there when it counts as written, though a leader died under it when the others had answered (interleaving 26)', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(world.spread(topic, 1));
    const sender = createKafkaSender(kafkaConfigOf({ ...settings, brokers: cluster.brokers }));
    const batch = (round: string) => oneOfEach(topic, round);
    await sender.send(batch('before'));
    const dying = await leadOf(topic);

    await cluster.freeze(dying);
    const sending = sender.send(batch('under')).then(
      () => true,
      () => false,
    );
    // the others answer in a few milliseconds; what comes then is the death of the one that has not
    await delay(500);
    await cluster.kill(dying);
    const isWritten = await sending;
    await cluster.start(dying);

    await until('a leader of each partition', () =>
      member.log.append(world.spread(topic, 1)).then(
        () => true,
        () => false,
      ),
    );
    const stored = new Set((await world.readAll(member, topic)).map(({ value }) => value));
    const lost = batch('under').filter(({ value }) => !stored.has(value));
    await sender.close();
    // where it was refused nothing was promised, and this test has seen nothing
    expect({ isWritten, lost }).toEqual({ isWritten: true, lost: [] });
  }, 60_000);

  it('goes to the new leader of a partition that has moved, and counts as written only then', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(world.spread(topic, 1));
    const sender = createKafkaSender(kafkaConfigOf({ ...settings, brokers: cluster.brokers }));
    await sender.send(oneOfEach(topic, 'before'));

    const old = await leadOf(topic);
    await moveAway(`${settings.topicPrefix}${topic}`, 0, old);
    await until('another leader', async () => (await leadOf(topic)) !== old);
    await sender.send(oneOfEach(topic, 'after'));
    await sender.close();

    const stored = (await world.readAll(member, topic)).map(({ value }) => value);
    const after = oneOfEach(topic, 'after').map(({ value }) => value);
    expect(stored.filter((value) => value.includes('after')).toSorted()).toEqual(after);
  }, 60_000);
});

describe('a leader that is killed under load', () => {
  it('costs no record that was appended, in either way, and no order', async () => {
    const topic = world.topic();
    const member = await world.open();
    await member.log.append(world.spread(topic, 1));
    await member.log.subscribe('group', topic, writeEffects);
    const end = performance.now() + 9_000;
    const taken: string[] = [];
    const relayed: string[] = [];
    const writer = async (key: string): Promise<void> => {
      for (let value = 0; performance.now() < end; value += 1) {
        const text = `${key} ${value}`;
        await member.log.append([world.record(topic, key, text)]).then(
          () => taken.push(text),
          () => undefined,
        );
        await delay(5);
      }
    };
    const relaying = async (): Promise<void> => {
      for (let value = 0; performance.now() < end; value += 1) {
        const text = `relayed ${value}`;
        await member.database.transaction((transaction) => {
          member.log.appendIn(transaction, [world.record(topic, 'relayed', text)]);
          return Promise.resolve();
        });
        relayed.push(text);
        await delay(20);
      }
    };

    const load = Promise.all([...Array.from({ length: 24 }, (_, key) => writer(`key-${key}`)), relaying()]);
    await delay(1_000);
    const killed = await leadOf(topic);
    await cluster.kill(killed);
    await delay(5_000);
    await cluster.start(killed);
    await load;

    const values = async (): Promise<string[]> =>
      (await world.effects(topic)).map(({ value }) => String(JSON.parse(value)));
    await until(
      'what was relayed',
      async () => (await values()).filter((text) => text.startsWith('relayed')).length >= relayed.length,
    );
    await until('what was appended', async () => {
      const seen = new Set(await values());
      return taken.every((text) => seen.has(text));
    });
    const seen = await values();
    expect(seen.filter((text) => text.startsWith('relayed'))).toEqual(relayed);
    const orders = Array.from({ length: 24 }, (_, key) => [
      ...new Set(seen.filter((text) => text.startsWith(`key-${key} `)).map((text) => Number(text.split(' ')[1]))),
    ]);
    expect(orders).toEqual(orders.map((order) => order.toSorted((a, b) => a - b)));
    expect(taken.length).toBeGreaterThan(500);
  }, 120_000);
});
