// of its names Node finds only some in CommonJS
import kafkajs, { type KafkaConfig, type KafkaJSConnectionError } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import type { Exchange } from 'kafkajs/src/network/connectionPool.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import './mend-request-queue.js';
import { LateError, within } from './within.js';

const askWithinMs = 3_000;
const metadataMaxAgeMs = 300_000;

export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';

  constructor() {
    super('The log is closed.');
  }
}

/** Every question has a deadline; after one that was not kept, all connections are made anew. */
export class ClusterClient {
  readonly #config: KafkaConfig;
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
    await this.ask('name the leaders', async (cluster) => {
      await cluster.connect();
      await cluster.addTargetTopic(topic);
      await cluster.refreshMetadata();
    });
  }

  /** `what`: as in "Kafka did not …". */
  async ask<Answer>(what: string, question: (cluster: Cluster) => Promise<Answer>): Promise<Answer> {
    if (this.#hasEnded()) throw new ClientClosedError();
    const cluster = (this.#cluster ??= openCluster(this.#config));
    try {
      return await within(askWithinMs, what, question(cluster));
    } catch (error) {
      if (!this.#hasEnded()) await this.#recover(cluster, error);
      throw error;
    } finally {
      // what was under way may have connected again behind the end
      if (this.#hasEnded()) await disconnect(cluster);
    }
  }

  /** One request to one broker. What comes back inside the answer, refusals too, is for who asks. */
  async askBroker<Answer>(what: string, nodeId: string, exchange: Exchange<Answer>): Promise<Answer> {
    return this.ask(what, async (cluster) => {
      const broker = await cluster.findBroker({ nodeId });
      try {
        return await broker.connectionPool.send(exchange);
      } catch (error) {
        if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#cluster !== undefined) await disconnect(this.#cluster);
  }

  #hasEnded(): boolean {
    return this.#isClosed;
  }

  /** Perhaps another broker leads now; a cluster that is of no use is given up, with whatever still hangs in it. */
  async #recover(cluster: Cluster, error: unknown): Promise<void> {
    // of a broker that it cannot reach, kafkajs keeps sockets that never connect
    if (error instanceof kafkajs.KafkaJSConnectionError) cluster.removeBroker(addressOf(error));
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
    // who asks tries again by himself
    retry: { retries: 0 },
    logger: new kafkajs.Kafka(config).logger(),
    socketFactory: createSocketFactory(),
    allowAutoTopicCreation: false,
    metadataMaxAge: metadataMaxAgeMs,
  });
}

async function disconnect(cluster: Cluster): Promise<void> {
  await cluster.disconnect().catch(() => undefined);
}

function addressOf({ broker }: KafkaJSConnectionError): { readonly host: string; readonly port: number } {
  const at = broker.lastIndexOf(':');
  return { host: broker.slice(0, at), port: Number(broker.slice(at + 1)) };
}
