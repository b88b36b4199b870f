import type { Queryable } from '#libs/database';
import type { Consumer } from '../consuming/consumer-positions.js';
import type { Lag, LogRecord, ReadRange } from '../event-log.js';
import type { FetchClient } from './fetch-client.js';
import { readKafkaPositions } from './kafka-positions.js';
import { recordOf } from './record-message.js';

/** Nothing is waited for: what is asked for is there. */
const waitMs = 0;

/** What a workspace may see of a partition. */
export async function readKafkaRange(
  client: FetchClient,
  topicName: string,
  { topic, workspaceId, partition, from, to, limit }: ReadRange,
): Promise<readonly LogRecord[]> {
  const found: LogRecord[] = [];
  for (let next = from; next < to && found.length < limit;) {
    const page = await readPage(client, topicName, { topic, partition, next });
    const last = page.at(-1);
    if (last === undefined) break;
    found.push(...page.filter((record) => record.workspaceId === workspaceId && record.offset < to));
    next = last.offset + 1;
  }
  return found.slice(0, limit);
}

export async function kafkaLag(
  {
    database,
    client,
    partitions,
  }: { readonly database: Queryable; readonly client: FetchClient; readonly partitions: number },
  topicName: string,
  consumer: Consumer,
): Promise<Lag> {
  const { first, end } = await client.range(topicName, partitions);
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const positions = await readKafkaPositions(database, consumer, all);
  const lanes = all.map((partition) => {
    const next = Math.max(positions.get(partition)?.offset ?? 0, first[partition] ?? 0);
    return { topic: consumer.topic, partition, next, records: Math.max(0, (end[partition] ?? 0) - next) };
  });
  const behind = lanes.filter(({ records }) => records > 0);
  const oldest = await Promise.all(behind.map((lane) => readPage(client, topicName, lane)));
  const appendedAt = oldest.flatMap((page) => page[0]?.appendedAt.getTime() ?? []);
  return {
    records: behind.reduce((sum, { records }) => sum + records, 0),
    seconds: appendedAt.length === 0 ? 0 : Math.max(0, (Date.now() - Math.min(...appendedAt)) / 1_000),
  };
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

async function readPage(client: FetchClient, topicName: string, place: Place): Promise<readonly LogRecord[]> {
  const { topic, partition, next } = place;
  if (client.leaderOf(topicName, partition) === undefined) await client.findLeaders(topicName);
  const leader = client.leaderOf(topicName, partition);
  if (leader === undefined) throw new Error(`Nobody leads ${topicName}/${partition} in Kafka.`);
  const [answer] = await client.fetch(leader, topicName, [place], waitMs);
  const records = (answer?.records ?? []).map((record) => recordOf(topic, partition, record));
  return records.filter(({ offset }) => offset >= next);
}
