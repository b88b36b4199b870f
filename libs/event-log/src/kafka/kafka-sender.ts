import { setTimeout as delay } from 'node:timers/promises';
// of its names Node finds only some in CommonJS
import kafkajs, { type KafkaConfig } from 'kafkajs';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { groupBy } from '../consuming/group-by.js';
import { ClientClosedError, ClusterClient } from './cluster-client.js';
import { byPartition, produceExchange, type PartitionRecords, type PlacedMessage } from './protocol/produce.js';

/** About 2.5 s in all, through which a partition may get a new leader. */
const pausesMs = [50, 100, 200, 400, 500, 500, 500];

export interface KafkaSender {
  /** Resolves when all are written. One at a time: a send that began before and has no answer yet is given up. */
  send(messages: readonly PlacedMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** What comes after a failure, or after a send that was given up, goes over connections of its own: an old one may be dead or frozen. */
export function createKafkaSender(config: KafkaConfig): KafkaSender {
  let client: ClusterClient | undefined;
  let sending: ClusterClient | undefined;

  const drop = async (): Promise<void> => {
    const old = client;
    client = undefined;
    await old?.close();
  };

  return {
    send: async (messages) => {
      if (sending !== undefined) void drop();
      const mine = (client ??= new ClusterClient(config));
      sending = mine;
      try {
        await sendAll(mine, byPartition(messages));
      } catch (error) {
        if (client === mine) void drop();
        throw error;
      } finally {
        // unless another send goes on by now
        if (sending === mine) sending = undefined;
      }
    },
    close: drop,
  };
}

/** What is left to send, and why. */
interface Rest {
  readonly left: readonly PartitionRecords[];
  readonly error?: unknown;
}

async function sendAll(client: ClusterClient, batches: readonly PartitionRecords[]): Promise<void> {
  let rest = await sendOnce(client, batches, topicsWithoutLeader(client, batches));
  for (const pauseMs of pausesMs) {
    if (rest.left.length === 0 || isFinal(rest.error)) break;
    await delay(pauseMs);
    rest = await sendOnce(client, rest.left, topicsOf(rest.left));
  }
  if (rest.left.length > 0) throw rest.error;
}

/** To each leader what belongs to it: only what it has confirmed, partition by partition, counts as written. */
async function sendOnce(
  client: ClusterClient,
  batches: readonly PartitionRecords[],
  unknown: readonly string[],
): Promise<Rest> {
  try {
    for (const topic of unknown) await client.findLeaders(topic);
  } catch (error) {
    return { left: batches, error };
  }
  const byLeader = groupBy(batches, ({ topic, partition }) => client.leaderOf(topic, partition));
  const rests = await Promise.all([...byLeader].map(([leader, ofLeader]) => sendTo(client, leader, ofLeader)));
  const errors = rests.flatMap(({ left, error }) => (left.length === 0 ? [] : [error]));
  return { left: rests.flatMap(({ left }) => left), error: errors.find(isFinal) ?? errors[0] };
}

async function sendTo(
  client: ClusterClient,
  leader: string | undefined,
  batches: readonly PartitionRecords[],
): Promise<Rest> {
  if (leader === undefined) return { left: batches, error: new Error('Nobody leads some of the partitions in Kafka.') };
  try {
    const { partitions } = await client.askBroker('take records', leader, produceExchange(batches, Date.now()));
    const written = new Set(partitions.flatMap((each) => (each.errorCode === 0 ? [placeOf(each)] : [])));
    const left = batches.filter((batch) => !written.has(placeOf(batch)));
    if (left.length === 0) return { left };
    const refused = partitions.find(({ errorCode }) => errorCode !== 0);
    const error =
      refused === undefined ? new Error('Kafka left some of the records out.') : createErrorFromCode(refused.errorCode);
    return { left, error };
  } catch (error) {
    return { left: batches, error };
  }
}

function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${partition} ${topic}`;
}

function topicsOf(batches: readonly PartitionRecords[]): readonly string[] {
  return [...new Set(batches.map(({ topic }) => topic))];
}

function topicsWithoutLeader(client: ClusterClient, batches: readonly PartitionRecords[]): readonly string[] {
  return topicsOf(batches.filter(({ topic, partition }) => client.leaderOf(topic, partition) === undefined));
}

/** Another try would get the same. What kafkajs says of a connection is never that: it has tried one broker of several. */
function isFinal(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError ? !error.retriable : error instanceof ClientClosedError;
}
