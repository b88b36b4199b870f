import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';

export interface KafkaSettings {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  /** Before every topic's name. */
  readonly topicPrefix: string;
  readonly tls: boolean;
  readonly sasl: SaslSettings | null;
  /** Copies of each record; null: three, or as many as there are brokers. */
  readonly replication: number | null;
  readonly retentionDays: number;
}

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Facebook waits 5 s for its 200, so nobody waits as long as kafkajs would by itself (30 s for an answer). */
const connectionTimeout = 1_000;
const requestTimeout = 3_000;
/** Of one question about topics: about 2.5 s in all. */
const retry = { retries: 7, initialRetryTime: 50, maxRetryTime: 500, multiplier: 2, factor: 0.2 };

export function kafkaConfigOf({ brokers, tls, sasl }: KafkaSettings): KafkaConfig {
  return {
    clientId: 'parley',
    brokers: [...brokers],
    connectionTimeout,
    authenticationTimeout: requestTimeout,
    requestTimeout,
    retry,
    // what is wrong comes back as errors, and is told by those who asked
    logLevel: logLevel.NOTHING,
    ssl: tls,
    ...(sasl === null ? {} : { sasl: sasl as SASLOptions }),
  };
}

export function openKafka(settings: KafkaSettings): Kafka {
  return new Kafka(kafkaConfigOf(settings));
}
