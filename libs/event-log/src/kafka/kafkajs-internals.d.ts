// What kafkajs 2.2.4 has below its public consumer: fetching without a group (docs/adr/0015). The version is pinned.

declare module 'kafkajs/src/cluster/index.js' {
  import type { ISocketFactory, KafkaConfig, KafkaMessage, Logger, SeekEntry } from 'kafkajs';

  interface FetchRequest {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }

  interface FetchedTopic {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly KafkaMessage[] }[];
  }

  interface Broker {
    fetch(request: FetchRequest): Promise<{ readonly responses: readonly FetchedTopic[] }>;
  }

  interface OffsetsQuery {
    readonly topic: string;
    readonly fromBeginning: boolean;
    readonly partitions: readonly { readonly partition: number }[];
  }

  class Cluster {
    constructor(
      options: KafkaConfig & {
        readonly logger: Logger;
        readonly socketFactory: ISocketFactory;
        readonly allowAutoTopicCreation: boolean;
        readonly metadataMaxAge: number;
      },
    );
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
    findBroker(node: { readonly nodeId: string }): Promise<Broker>;
    fetchTopicsOffset(
      topics: readonly OffsetsQuery[],
    ): Promise<readonly { readonly topic: string; readonly partitions: readonly SeekEntry[] }[]>;
  }

  export = Cluster;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';

  function createSocketFactory(): ISocketFactory;

  export = createSocketFactory;
}
