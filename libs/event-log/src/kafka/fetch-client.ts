import { Kafka, type KafkaConfig, type KafkaMessage } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import type { TopicRange } from '../event-log.js';
import type { OpenLane } from '../postgres/inbox.js';
import { LateError, within } from './within.js';

const askWithinMs = 3_000;
const metadataMaxAgeMs = 300_000;
/** Of one partition and of one answer, in bytes; a record that is larger comes alone. */
const maxLaneBytes = 1_048_576;
const maxBytes = 8_388_608;

export interface FetchedLane<Lane extends OpenLane> {
  readonly lane: Lane;
  readonly messages: readonly KafkaMessage[];
}

/** What is wanted has been deleted, or has never been written. */
export class OutOfRangeError extends Error {
  override readonly name = 'OutOfRangeError';

  constructor(readonly partition: number) {
    super(`Kafka has no such offset in partition ${partition}.`);
  }
}

/**
 * Reads partitions from given offsets, without a group: who reads what is decided in PostgreSQL, where the positions are.
 * Every question has a deadline; after one that was not kept, all connections are made anew.
 */
export class FetchClient {
  readonly #config: KafkaConfig;
  readonly #fetching = new Map<string, Promise<unknown>>();
  #cluster: Cluster | undefined;
  #isClosed = false;

  constructor(config: KafkaConfig) {
    this.#config = config;
  }

  /** The broker that leads a partition, as far as it is known. */
  leaderOf(topic: string, partition: number): string | undefined {
    try {
      const [leader] = Object.keys(this.#cluster?.findLeaderForPartitions(topic, [partition]) ?? {});
      return leader === '-1' ? undefined : leader;
    } catch {
      return undefined;
    }
  }

  async findLeaders(topic: string): Promise<void> {
    await this.#ask('name the leaders', async (cluster) => {
      await cluster.connect();
      await cluster.addTargetTopic(topic);
      await cluster.refreshMetadata();
    });
  }

  /** From one leader. Waits up to `waitMs` for the first record. */
  async fetch<Lane extends OpenLane>(
    leader: string,
    topic: string,
    lanes: readonly Lane[],
    waitMs: number,
  ): Promise<readonly FetchedLane<Lane>[]> {
    const partitions = lanes.map(({ partition, next }) => ({
      partition,
      fetchOffset: String(next),
      maxBytes: maxLaneBytes,
    }));
    const request = { maxWaitTime: waitMs, minBytes: 1, maxBytes, topics: [{ topic, partitions }] };
    const { responses } = await this.#inTurn(leader, () =>
      this.#ask('give records', async (cluster) => (await cluster.findBroker({ nodeId: leader })).fetch(request)),
    );
    const fetched = new Map(
      responses.flatMap((answer) => answer.partitions).map(({ partition, messages }) => [partition, messages]),
    );
    return lanes.map((lane) => ({ lane, messages: fetched.get(lane.partition) ?? [] }));
  }

  async range(topic: string, partitions: number): Promise<TopicRange> {
    if (this.leaderOf(topic, 0) === undefined) await this.findLeaders(topic);
    const all = Array.from({ length: partitions }, (_, partition) => ({ partition }));
    const offsets = async (fromBeginning: boolean): Promise<Readonly<Record<number, number>>> => {
      const [answer] = await this.#ask('tell its offsets', (cluster) =>
        cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions: all }]),
      );
      return Object.fromEntries(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]) ?? []);
    };
    const first = await offsets(true);
    return { first, end: await offsets(false) };
  }

  /** Resolves when a broker answers. */
  async ping(): Promise<void> {
    await this.#ask('answer', async (cluster) => {
      await cluster.connect();
      await cluster.refreshMetadata();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#cluster !== undefined) await disconnect(this.#cluster);
  }

  /** Of two fetches that begin at once, kafkajs opens a connection each and forgets one of them. */
  async #inTurn<Answer>(leader: string, fetch: () => Promise<Answer>): Promise<Answer> {
    const answer = (this.#fetching.get(leader) ?? Promise.resolve()).then(fetch);
    this.#fetching.set(
      leader,
      answer.catch(() => undefined),
    );
    return answer;
  }

  async #ask<Answer>(what: string, question: (cluster: Cluster) => Promise<Answer>): Promise<Answer> {
    if (this.#hasEnded()) throw new Error('The log is closed.');
    const cluster = (this.#cluster ??= openCluster(this.#config));
    try {
      return await within(askWithinMs, what, question(cluster));
    } catch (error) {
      if (isOutOfRange(error)) throw new OutOfRangeError(error.partition);
      if (!this.#hasEnded()) await this.#recover(cluster, error);
      throw error;
    } finally {
      // what was under way may have connected again behind the end
      if (this.#hasEnded()) await disconnect(cluster);
    }
  }

  #hasEnded(): boolean {
    return this.#isClosed;
  }

  /** Perhaps another broker leads now; a cluster that is of no use is given up, with whatever still hangs in it. */
  async #recover(cluster: Cluster, error: unknown): Promise<void> {
    const isUseful =
      !(error instanceof LateError) &&
      (await within(askWithinMs, 'name the leaders', cluster.refreshMetadata()).then(
        () => true,
        () => false,
      ));
    if (isUseful || this.#cluster !== cluster) return;
    this.#cluster = undefined;
    void disconnect(cluster);
  }
}

function openCluster(config: KafkaConfig): Cluster {
  return new Cluster({
    ...config,
    enforceRequestTimeout: true,
    // its reader tries again by itself
    retry: { retries: 0 },
    logger: new Kafka(config).logger(),
    socketFactory: createSocketFactory(),
    allowAutoTopicCreation: false,
    metadataMaxAge: metadataMaxAgeMs,
  });
}

async function disconnect(cluster: Cluster): Promise<void> {
  await cluster.disconnect().catch(() => undefined);
}

function isOutOfRange(error: unknown): error is Error & { readonly partition: number } {
  return error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';
}
