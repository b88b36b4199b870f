/** One, or several at once. */
type Brokers = number | readonly number[];

export interface TestCluster {
  readonly brokers: readonly string[];
  /** SIGKILL. Brokers are counted from 1. */
  kill(broker: Brokers): Promise<void>;
  /** SIGSTOP. */
  freeze(broker: number): Promise<void>;
  /** SIGCONT. */
  thaw(broker: number): Promise<void>;
  start(broker: Brokers): Promise<void>;
  stop(): Promise<void>;
}

interface OwnerModule {
  startKafkaOwner(options: { readonly brokers: number; readonly version?: string }): Promise<{
    readonly servers: string;
    order(order: string, broker: Brokers): Promise<void>;
    stop(): Promise<void>;
  }>;
}

const script = new URL('../../tools/kafka/start-kafka-owner.mjs', import.meta.url).href;

/** Brokers of this suite alone. */
export async function startTestCluster(brokers: number): Promise<TestCluster> {
  const version = process.env['PARLEY_TEST_KAFKA_VERSION'];
  const { startKafkaOwner } = (await import(script)) as OwnerModule;
  const owner = await startKafkaOwner({ brokers, ...(version === undefined ? {} : { version }) });
  return {
    brokers: owner.servers.split(','),
    kill: (broker) => owner.order('kill', broker),
    freeze: (broker) => owner.order('freeze', broker),
    thaw: (broker) => owner.order('thaw', broker),
    start: (broker) => owner.order('start', broker),
    stop: () => owner.stop(),
  };
}
