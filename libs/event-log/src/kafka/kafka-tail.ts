import type { Tail, TailOptions } from '../event-log.js';
import { toHealth } from '../postgres/check-health.js';
import type { HandOver } from '../postgres/hand-over.js';
import type { LogContext } from '../postgres/log-context.js';
import { openTail, startOf } from '../postgres/open-tail.js';
import { TailReader } from '../postgres/tail-reader.js';
import type { FetchClient } from './fetch-client.js';
import { createInboxPump } from './kafka-source.js';
import { LanePump } from './lane-pump.js';
import type { PumpWatch } from './watch-pumps.js';
import { originalOf, recordOf, relayedFrom } from './record-message.js';

export interface KafkaTailOptions {
  readonly context: LogContext;
  /** Of this tail alone. */
  readonly client: FetchClient;
  readonly topicName: string;
  readonly watch: PumpWatch;
}

/** Of a topic that is only in Kafka: its positions are Kafka's offsets. */
export async function openKafkaTail(
  { context, client, topicName, watch }: KafkaTailOptions,
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
  watch.begin(`The tail of ${topic}`, pump);
  reader.start(start);
  return {
    positions: () => reader.positions(),
    health: () => toHealth(reader.problems()),
    close: async () => {
      watch.end(pump);
      await pump.close();
      await reader.close();
    },
  };
}

export interface RelayedTailOptions extends KafkaTailOptions {
  /** Of all tails of this process, and of what it appends itself. */
  readonly handOver: HandOver;
  readonly ensure: () => Promise<void>;
}

/**
 * Of a topic that is relayed: its positions are those of PostgreSQL's log, which is asked for what Kafka does not bring. So a
 * cursor means the same with and without Kafka, and a tail goes on, slower, while Kafka is away.
 */
export async function openRelayedTail(options: RelayedTailOptions, wanted: TailOptions): Promise<Tail> {
  const { context, handOver } = options;
  const tail = await openTail({ ...context, handOver }, wanted);
  const feed = openFeed(options, wanted.topic);
  options.watch.begin(`The tail of ${wanted.topic}`, feed);
  return {
    ...tail,
    close: async () => {
      options.watch.end(feed);
      await feed.close();
      await tail.close();
    },
  };
}

/** Hands over what comes to Kafka from now on. A repeat is behind its reader, who leaves it. */
function openFeed(options: RelayedTailOptions, topic: string): LanePump {
  const { context, client, topicName, handOver, ensure } = options;
  const { database, partitions } = context;
  const places = new Map<number, number>();
  const goToEnd = async (): Promise<void> => {
    const { end } = await client.range(topicName, partitions);
    for (const [partition, next] of Object.entries(end)) places.set(Number(partition), next);
    handOver.suspectMore([topic]);
  };
  const pump = new LanePump({
    client,
    topic: topicName,
    begin: async () => {
      await ensure();
      await goToEnd();
    },
    wanted: () => [...places].map(([partition, next]) => ({ partition, next })),
    take: ({ partition, next }, fetched) => {
      const records = fetched.map((record) => recordOf(topic, partition, record));
      places.set(partition, (records.at(-1)?.offset ?? next - 1) + 1);
      const relayed = records.map((record) => ({ record, from: relayedFrom(record) }));
      // of another history, or not relayed: PostgreSQL knows
      if (relayed.some(({ from }) => from?.epoch !== database.history.token())) handOver.suspectMore([topic]);
      else handOver.offer(relayed.flatMap(({ record, from }) => (from === undefined ? [] : originalOf(record, from))));
    },
    outOfRange: goToEnd,
  });
  pump.kick();
  return pump;
}
