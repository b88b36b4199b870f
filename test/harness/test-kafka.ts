import { randomUUID } from 'node:crypto';

export interface TestKafka {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly tls: false;
  readonly sasl: null;
  readonly replication: null;
  readonly retentionDays: number;
}

/** Where that broker wants TLS and a password, as the environment of a role. */
export function safeKafkaEnvironment(): NodeJS.ProcessEnv {
  const safe = JSON.parse(process.env['PARLEY_TEST_KAFKA_SAFE'] ?? '{}') as Record<string, string>;
  return {
    KAFKA_BROKERS: safe['servers'],
    KAFKA_SSL: 'true',
    NODE_EXTRA_CA_CERTS: safe['certificate'],
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: safe['username'],
    KAFKA_SASL_PASSWORD: safe['password'],
  };
}

/** The broker of this Jest run (`npm run test:kafka`), with topics that nobody else has. */
export function createTestKafka(): TestKafka {
  const brokers = process.env['PARLEY_TEST_KAFKA_BROKERS']?.split(',');
  if (brokers === undefined) throw new Error('There is no Kafka for this suite: run it by npm run test:kafka.');
  return {
    brokers,
    topicPrefix: `test-${randomUUID().slice(0, 8)}.`,
    tls: false,
    sasl: null,
    replication: null,
    retentionDays: 1,
  };
}
