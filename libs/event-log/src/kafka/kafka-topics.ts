import { setTimeout as delay } from 'node:timers/promises';
import { ConfigResourceTypes, type Admin, type ITopicConfig, type Kafka } from 'kafkajs';
import type { KafkaSettings } from './kafka-settings.js';
import { within } from './within.js';

const dayMs = 86_400_000;
const maxMessageBytes = 8_388_608;
const createTimeoutMs = 5_000;
const askWithinMs = 8_000;
const usualReplication = 3;
const lookupPauseMs = 20;

/** It will not become right by itself: somebody has to change the topic or the configuration. */
export class WrongKafkaError extends Error {
  override readonly name = 'WrongKafkaError';
}

export interface KafkaTopics {
  /** Resolves when the topics are there, made by us or as we would have made them. Rejects with `WrongKafkaError` or an outage. */
  ensure(topics: readonly string[]): Promise<void>;
}

export interface KafkaTopicsOptions {
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  readonly partitions: number;
  /** Rejects when it is not the cluster that this installation has its positions of. */
  readonly settleCluster: (clusterId: string) => Promise<void>;
}

export function createKafkaTopics(options: KafkaTopicsOptions): KafkaTopics {
  const ensured = new Map<string, Promise<void>>();
  const ensureOne = async (topic: string): Promise<void> => {
    const promise = ensured.get(topic) ?? within(askWithinMs, `make the topic ${topic}`, ensureTopic(options, topic));
    ensured.set(topic, promise);
    try {
      await promise;
    } catch (error) {
      ensured.delete(topic);
      throw error;
    }
  };
  return {
    ensure: async (topics) => {
      const ends = await Promise.allSettled(topics.map(ensureOne));
      const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
      const wrong = reasons.filter((reason) => reason instanceof WrongKafkaError);
      if (wrong.length > 0) throw new WrongKafkaError([...new Set(wrong.map(({ message }) => message))].join('\n'));
      if (reasons.length > 0) throw reasons[0];
    },
  };
}

async function ensureTopic({ kafka, settings, partitions, settleCluster }: KafkaTopicsOptions, topic: string) {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers, clusterId } = await admin.describeCluster();
    await settleCluster(clusterId);
    const replication = settings.replication ?? Math.min(usualReplication, brokers.length);
    const wanted = topicOf(settings, topic, { partitions, replication });
    const isNew = await admin.createTopics({ topics: [wanted], timeout: createTimeoutMs, waitForLeaders: false });
    // also of a topic that another process makes at this moment
    await untilLed(admin, topic);
    if (!isNew) await checkTopic(admin, wanted);
  } finally {
    void admin.disconnect().catch(() => undefined);
  }
}

/** Its name comes before its leaders, and they before their partitions; what is sent until then is partly refused, and so written twice. */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  const until = performance.now() + createTimeoutMs;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(lookupPauseMs);
    }
  }
}

function topicOf(
  { retentionDays }: KafkaSettings,
  topic: string,
  { partitions, replication }: { readonly partitions: number; readonly replication: number },
): Required<Omit<ITopicConfig, 'replicaAssignment'>> {
  const values = {
    'min.insync.replicas': Math.max(1, replication - 1),
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': maxMessageBytes,
    'retention.ms': retentionDays * dayMs,
    'retention.bytes': -1,
    'cleanup.policy': 'delete',
  };
  const configEntries = Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
  return { topic, numPartitions: partitions, replicationFactor: replication, configEntries };
}

/** What of a topic that was there before is not as we would have made it. */
async function checkTopic(admin: Admin, wanted: ReturnType<typeof topicOf>): Promise<void> {
  const { topic, numPartitions, replicationFactor, configEntries } = wanted;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const copies = Math.min(...partitions.map(({ replicas }) => replicas.length));
  const problems = [
    ...(partitions.length === numPartitions ? [] : [`has ${partitions.length} partitions instead of ${numPartitions}`]),
    ...(copies >= replicationFactor ? [] : [`keeps ${copies} copies of a record instead of ${replicationFactor}`]),
  ];
  const resources = [
    { type: ConfigResourceTypes.TOPIC, name: topic, configNames: configEntries.map(({ name }) => name) },
  ];
  const described = await admin.describeConfigs({ resources, includeSynonyms: false });
  const is = new Map(
    described.resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
  for (const { name, value } of configEntries) {
    const found = is.get(name) ?? '';
    if (!isGoodEnough(name, found, value)) problems.push(`has ${name}=${found} instead of ${value}`);
  }
  if (problems.length > 0)
    throw new WrongKafkaError(`The topic ${topic} in Kafka ${problems.join(', ')}. Change it, or KAFKA_TOPIC_PREFIX.`);
}

const atLeast = new Set(['min.insync.replicas', 'max.message.bytes', 'retention.ms']);

/** -1: without a limit. */
function isGoodEnough(name: string, found: string, wanted: string): boolean {
  if (!atLeast.has(name)) return found === wanted;
  return found !== '' && (Number(found) === -1 || Number(found) >= Number(wanted));
}
