import type { Tail, TailOptions, TopicRange } from '../event-log.js';
import { toHealth } from '../postgres/check-health.js';
import type { HandOver } from '../postgres/hand-over.js';
import type { LogContext } from '../postgres/log-context.js';
import { openTail, startOf } from '../postgres/open-tail.js';
import { TailReader } from '../postgres/tail-reader.js';
import type { FetchClient } from './fetch-client.js';
import { createInboxPump } from './kafka-source.js';
import { LanePump } from './lane-pump.js';
import { originalOf, recordOf, relayedFrom } from './record-message.js';

export interface KafkaTailOptions {
  readonly context: LogContext;
  /** Of this tail alone. */
  readonly client: FetchClient;
  readonly topicName: string;
}

/** Of a topic that is only in Kafka: its positions are Kafka's offsets. */
export async function openKafkaTail(
  { context, client, topicName }: KafkaTailOptions,
  { topic, from, onRecord, onTurn }: TailOptions,
): Promise<Tail> {
  const { partitions, onProblem, onAlarm } = context;
  const start = startOf(from, await client.range(topicName, partitions));
  const reader: TailReader = new TailReader({
    ...{ topic, onRecord, onTurn, onProblem, onAlarm },
    read: () => {
      pump.kick();
      return Promise.resolve();
    },
    sourceProblems: () => pump.problems(),
  });
  const pump = createInboxPump({ client, topicName, topic, inbox: reader.inbox, partitions });
  reader.start(start);
  return {
    positions: () => reader.positions(),
    health: () => toHealth(reader.problems()),
    close: async () => {
      await pump.close();
      await reader.close();
    },
  };
}

/**
 * Of a topic that is relayed: its positions are those of PostgreSQL's log, which is asked for what Kafka does not bring. So a
 * cursor means the same with and without Kafka, and a tail goes on, slower, while Kafka is away.
 */
export async function openRelayedTail(
  { context, client, topicName, handOver }: KafkaTailOptions & { readonly handOver: HandOver },
  options: TailOptions,
): Promise<Tail> {
  const range = await client.range(topicName, context.partitions);
  const tail = await openTail({ ...context, handOver }, options);
  const pump = createFeed({ context, client, topicName }, options.topic, { handOver, range });
  pump.kick();
  return {
    ...tail,
    close: async () => {
      await pump.close();
      await tail.close();
    },
  };
}

interface Feed {
  readonly handOver: HandOver;
  readonly range: TopicRange;
}

/** Hands over what comes to Kafka from now on. A repeat is behind its reader, who leaves it. */
function createFeed(
  { context, client, topicName }: KafkaTailOptions,
  topic: string,
  { handOver, range }: Feed,
): LanePump {
  const { database, partitions } = context;
  const lanes = Object.entries(range.end).map(([partition, next]) => ({ partition: Number(partition), next }));
  return new LanePump({
    client,
    topic: topicName,
    wanted: () => lanes,
    take: ({ partition }, messages) => {
      const lane = lanes.find((each) => each.partition === partition);
      const records = messages.map((message) => recordOf(topic, partition, message));
      if (lane !== undefined) lane.next = (records.at(-1)?.offset ?? lane.next - 1) + 1;
      const relayed = records.map((record) => ({ record, from: relayedFrom(record) }));
      // of another history, or not relayed: PostgreSQL knows
      if (relayed.some(({ from }) => from?.epoch !== database.history.token())) handOver.suspectMore([topic]);
      else handOver.offer(relayed.flatMap(({ record, from }) => (from === undefined ? [] : originalOf(record, from))));
    },
    outOfRange: async ({ partition }) => {
      const { end } = await client.range(topicName, partitions);
      const lane = lanes.find((each) => each.partition === partition);
      if (lane !== undefined) lane.next = end[partition] ?? 0;
      handOver.suspectMore([topic]);
    },
  });
}
