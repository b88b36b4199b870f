import { createTestKafka } from '../../../test/harness/test-kafka.js';
import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { openKafkaEventLog, type KafkaEventLogOptions } from '../src/kafka/open-kafka-event-log.js';
import { openPool, openPostgresAdapter } from './open-postgres-adapter.js';

/** Topics of which every record is appended in a transaction. */
const isTransactional = (topic: string): boolean => topic.endsWith('.updates');

export type KafkaAdapterOptions = Partial<KafkaEventLogOptions['kafka']>;

/** The broker of this Jest run, on topics of its own; positions and what is appended in transactions in a database of its own. */
export async function openKafkaAdapter(options: KafkaAdapterOptions = {}): Promise<ContractAdapter> {
  const postgres = await openPostgresAdapter();
  const kafka = { ...createTestKafka(), ...options };
  return {
    ...postgres,
    open: async ({ partitions } = { partitions: postgres.partitions }) => {
      const database = await openPool(postgres.url);
      try {
        const log = await openKafkaEventLog({
          ...{ database, kafka, isTransactional, topics: [], leaseMs: postgres.leaseMs },
          ...(partitions === undefined ? {} : { partitions }),
        });
        return {
          log,
          database,
          close: async () => {
            await log.close();
            await database.close();
          },
        };
      } catch (error) {
        await database.close();
        throw error;
      }
    },
  };
}
