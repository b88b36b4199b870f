import { randomUUID } from 'node:crypto';

export interface TestKafka {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly tls: false;
  readonly sasl: null;
  readonly replication: null;
  readonly retentionDays: number;
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
