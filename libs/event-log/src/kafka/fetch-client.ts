import type { KafkaConfig } from 'kafkajs';
import type { TopicRange } from '../event-log.js';
import type { OpenLane } from '../postgres/inbox.js';
import { ClusterClient } from './cluster-client.js';
import { fetchExchange } from './protocol/fetch.js';
import type { FetchedRecord } from './protocol/read-record-batches.js';
import { topicIdExchange } from './protocol/topic-id.js';

export interface FetchedLane<Lane extends OpenLane> {
  readonly lane: Lane;
  readonly records: readonly FetchedRecord[];
}

/** What is wanted has been deleted, or has never been written. */
export class OutOfRangeError extends Error {
  override readonly name = 'OutOfRangeError';

  constructor(readonly partition: number) {
    super(`Kafka has no such offset in partition ${partition}.`);
  }
}

/** Reads partitions from given offsets, without a group: who reads what is decided in PostgreSQL, where the positions are. */
export class FetchClient {
  readonly #cluster: ClusterClient;
  readonly #fetching = new Map<string, Promise<unknown>>();

  constructor(config: KafkaConfig) {
    this.#cluster = new ClusterClient(config);
  }

  leaderOf(topic: string, partition: number): string | undefined {
    return this.#cluster.leaderOf(topic, partition);
  }

  findLeaders(topic: string): Promise<void> {
    return this.#cluster.findLeaders(topic);
  }

  /** From one leader. Waits up to `waitMs` for the first record. */
  async fetch<Lane extends OpenLane>(
    leader: string,
    topic: string,
    lanes: readonly Lane[],
    waitMs: number,
  ): Promise<readonly FetchedLane<Lane>[]> {
    const { partitions } = await this.#inTurn(leader, () =>
      this.#cluster.askBroker('give records', leader, fetchExchange(topic, lanes, waitMs)),
    );
    const fetched = new Map(partitions.map((each) => [each.partition, each]));
    return lanes.map((lane) => {
      const { isOutOfRange = false, records = [] } = fetched.get(lane.partition) ?? {};
      if (isOutOfRange) throw new OutOfRangeError(lane.partition);
      return { lane, records };
    });
  }

  async range(topic: string, partitions: number): Promise<TopicRange> {
    if (this.leaderOf(topic, 0) === undefined) await this.findLeaders(topic);
    const all = Array.from({ length: partitions }, (_, partition) => ({ partition }));
    const offsets = async (fromBeginning: boolean): Promise<Readonly<Record<number, number>>> => {
      const [answer] = await this.#cluster.ask('tell its offsets', (cluster) =>
        cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions: all }]),
      );
      return Object.fromEntries(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]) ?? []);
    };
    const first = await offsets(true);
    return { first, end: await offsets(false) };
  }

  /** Another one when a topic was deleted and made anew. */
  async topicId(topic: string): Promise<string> {
    if (this.leaderOf(topic, 0) === undefined) await this.findLeaders(topic);
    const leader = this.leaderOf(topic, 0);
    if (leader === undefined) throw new Error(`Nobody leads ${topic}/0 in Kafka.`);
    const { topicId } = await this.#cluster.askBroker('name its topics', leader, topicIdExchange(topic));
    return topicId;
  }

  /** Resolves when a broker answers. */
  async ping(): Promise<void> {
    await this.#cluster.ask('answer', async (cluster) => {
      await cluster.connect();
      await cluster.refreshMetadata();
    });
  }

  close(): Promise<void> {
    return this.#cluster.close();
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
}
