import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { describeTopic, refuseWrong, weaknessesOf, type WantedTopic } from './check-topic.js';
import type { KafkaSettings } from './kafka-settings.js';
import { within } from './within.js';
import { WrongKafkaError } from './wrong-kafka-error.js';

const dayMs = 86_400_000;
const maxMessageBytes = 8_388_608;
const createTimeoutMs = 5_000;
const askWithinMs = 8_000;
const usualReplication = 3;
const lookupPauseMs = 20;

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
  /** What is allowed, and loses records sooner than need be. */
  readonly warn: (message: string) => void;
}

export function createKafkaTopics(options: KafkaTopicsOptions): KafkaTopics {
  const ensured = new Map<string, Promise<readonly string[]>>();
  const warned = new Set<string>();
  const ensureOne = async (topic: string): Promise<readonly string[]> => {
    const promise = ensured.get(topic) ?? within(askWithinMs, `make the topic ${topic}`, ensureTopic(options, topic));
    ensured.set(topic, promise);
    try {
      return await promise;
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
      // the same of all topics, as a rule
      const weak = ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
      for (const message of new Set(weak)) if (!warned.has(message)) options.warn(message);
      for (const message of weak) warned.add(message);
    },
  };
}

/** Answers in what it is weaker than it should be. */
async function ensureTopic(
  { kafka, settings, partitions, settleCluster }: KafkaTopicsOptions,
  topic: string,
): Promise<readonly string[]> {
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
    const found = await describeTopic(admin, topic);
    if (!isNew) refuseWrong(wanted, found);
    return weaknessesOf(found);
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
): WantedTopic {
  const values = {
    'min.insync.replicas': Math.max(1, replication - 1),
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': maxMessageBytes,
    'retention.ms': retentionDays * dayMs,
    'retention.bytes': -1,
    'cleanup.policy': 'delete',
    // as we write it: kafkajs reads nothing else that a broker could make of it but gzip
    'compression.type': 'producer',
  };
  const configEntries = Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
  return { topic, numPartitions: partitions, replicationFactor: replication, configEntries };
}
