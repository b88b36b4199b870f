// What kafkajs 2.2.4 has below its public clients: connections, leaders, and some of the protocol (docs/adr/0015). The version is pinned.

declare module 'kafkajs/src/cluster/index.js' {
  import type { ISocketFactory, KafkaConfig, Logger, SeekEntry } from 'kafkajs';
  import type { ConnectionPool } from 'kafkajs/src/network/connectionPool.js';

  interface Broker {
    readonly connectionPool: ConnectionPool;
    disconnect(): Promise<void>;
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
    removeBroker(address: { readonly host: string; readonly port: number }): void;
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
    findBroker(node: { readonly nodeId: string }): Promise<Broker>;
    fetchTopicsOffset(
      topics: readonly OffsetsQuery[],
    ): Promise<readonly { readonly topic: string; readonly partitions: readonly SeekEntry[] }[]>;
  }

  export = Cluster;
}

declare module 'kafkajs/src/network/connectionPool.js' {
  /** What has been written, and the part of it that counts. */
  export interface Payload {
    readonly buf: Buffer;
    readonly buffer: Buffer;
  }

  export interface Request {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<Payload>;
  }

  /** Milliseconds that the broker wants to be left alone for. */
  export interface Throttled {
    readonly clientSideThrottleTime: number;
  }

  export interface Exchange<Answer> {
    readonly request: Request;
    readonly response: {
      readonly decode: (payload: Buffer) => Promise<Answer & Throttled>;
      readonly parse: (answer: Answer) => Promise<Answer>;
    };
    /** Milliseconds. */
    readonly requestTimeout: number;
  }

  export interface ConnectionPool {
    send<Answer>(exchange: Exchange<Answer>): Promise<Answer>;
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  import type { Logger } from 'kafkajs';

  interface PushedRequest {
    readonly entry: {
      readonly correlationId: number;
      readonly resolve: (answer: unknown) => void;
      readonly reject: (error: unknown) => void;
    };
    readonly expectResponse: boolean;
    readonly sendRequest: () => void;
  }

  /** Of one connection. */
  class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number | null;
      readonly requestTimeout: number;
      readonly enforceRequestTimeout: boolean;
      readonly clientId: string;
      readonly broker: string;
      readonly logger: Logger;
    });
    readonly pending: readonly unknown[];
    /** Milliseconds of the clock. */
    readonly throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    maybeThrottle(clientSideThrottleTime: number): void;
    push(request: PushedRequest): void;
    fulfillRequest(response: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }

  export = RequestQueue;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';

  function createSocketFactory(): ISocketFactory;

  export = createSocketFactory;
}

declare module 'kafkajs/src/protocol/error.js' {
  import type { KafkaJSProtocolError } from 'kafkajs';

  /** https://kafka.apache.org/protocol#protocol_error_codes */
  export function createErrorFromCode(code: number): KafkaJSProtocolError;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  import type { Request } from 'kafkajs/src/network/connectionPool.js';

  function fetchRequest(options: {
    readonly replicaId: -1;
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
  }): Request;

  export = fetchRequest;
}
