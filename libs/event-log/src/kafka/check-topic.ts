// of its names Node finds only some in CommonJS
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { WrongKafkaError } from './wrong-kafka-error.js';

export type WantedTopic = Required<Omit<ITopicConfig, 'replicaAssignment'>>;

/** A topic as it is. */
interface FoundTopic {
  readonly partitions: number;
  /** Of the partition that has the fewest. */
  readonly copies: number;
  /** Its own, or what it takes from its broker. */
  readonly settings: ReadonlyMap<string, string>;
}

const safeCopies = 3;
const safeInSync = 2;
const inSync = 'min.insync.replicas';
const unclean = 'unclean.leader.election.enable';

export async function describeTopic(admin: Admin, topic: string): Promise<FoundTopic> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }];
  const described = await admin.describeConfigs({ resources, includeSynonyms: false });
  const entries = described.resources[0]?.configEntries ?? [];
  return {
    partitions: partitions.length,
    copies: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    settings: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
  };
}

/** What of a topic that was there before would lose records. */
export function refuseWrong(wanted: WantedTopic, { partitions, copies, settings }: FoundTopic): void {
  const { topic, numPartitions, replicationFactor, configEntries } = wanted;
  const problems = [
    ...(partitions === numPartitions ? [] : [`has ${partitions} partitions instead of ${numPartitions}`]),
    ...(copies >= replicationFactor ? [] : [`keeps ${copies} copies of a record instead of ${replicationFactor}`]),
  ];
  for (const { name, value } of configEntries) {
    const found = settings.get(name) ?? '';
    if (!isGoodEnough(name, found, value)) problems.push(`has ${name}=${found} instead of ${value}`);
  }
  if (Number(settings.get(inSync)) > copies)
    problems.push(`keeps ${copies} copies of a record, and wants ${String(settings.get(inSync))} written`);
  if (problems.length > 0)
    throw new WrongKafkaError(`The topic ${topic} in Kafka ${problems.join(', ')}. Change it, or KAFKA_TOPIC_PREFIX.`);
}

/** By the names of what an operator would change. */
export function weaknessesOf({ copies, settings }: FoundTopic): readonly string[] {
  const written = Number(settings.get(inSync));
  return [
    ...(copies >= safeCopies
      ? []
      : [
          `Kafka's replication factor is ${copies}, less than ${safeCopies}: records may go with a broker that is lost`,
        ]),
    ...(written >= safeInSync
      ? []
      : [`Kafka's ${inSync} is ${written}, less than ${safeInSync}: a record counts as safe with one copy of it`]),
    ...(settings.get(unclean) === 'true'
      ? [`Kafka's ${unclean} is true: a broker that lacks records may lead, and they are lost`]
      : []),
  ];
}

const atLeast = new Set([inSync, 'max.message.bytes', 'retention.ms']);
const readable = new Set(['producer', 'uncompressed', 'gzip']);

/** -1: without a limit. */
function isGoodEnough(name: string, found: string, wanted: string): boolean {
  if (name === 'compression.type') return readable.has(found);
  if (!atLeast.has(name)) return found === wanted;
  return found !== '' && (Number(found) === -1 || Number(found) >= Number(wanted));
}
