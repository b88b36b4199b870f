import { createTestKafka } from '../../../test/harness/test-kafka.js';
import type { ContractAdapter, ContractMember } from '../src/contract/contract-adapter.js';
import { openKafkaEventLog, type KafkaEventLogOptions } from '../src/kafka/open-kafka-event-log.js';
import { openPool, openPostgresAdapter } from './open-postgres-adapter.js';

/** Topics of which every record is appended in a transaction. */
const isTransactional = (topic: string): boolean => topic.endsWith('.updates');

export type KafkaAdapterOptions = Partial<KafkaEventLogOptions['kafka']>;

export interface KafkaAdapter extends ContractAdapter {
  /** A member that is not as the others. */
  openWith(options: Partial<KafkaEventLogOptions>): Promise<ContractMember>;
}

/** The broker of this Jest run, on topics of its own; positions and what is appended in transactions in a database of its own. */
export async function openKafkaAdapter(
  options: KafkaAdapterOptions = {},
  onProblem: (message: string) => void = () => undefined,
): Promise<KafkaAdapter> {
  const postgres = await openPostgresAdapter();
  const kafka = { ...createTestKafka(), ...options };
  const openWith = async (own: Partial<KafkaEventLogOptions>): Promise<ContractMember> => {
    const database = await openPool(postgres.url);
    try {
      const log = await openKafkaEventLog({
        ...{ database, kafka, isTransactional, topics: [], leaseMs: postgres.leaseMs, onProblem, ...own },
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
  };
  return {
    ...postgres,
    openWith,
    open: ({ partitions } = { partitions: postgres.partitions }) =>
      openWith(partitions === undefined ? {} : { partitions }),
  };
}
