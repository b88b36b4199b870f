import type { Database, Transaction } from '#libs/database';
import type { BatchHandler, LogRecord, NewRecord } from '../event-log.js';
import { PoisonError } from '../poison-error.js';
import { advancePositions, lockPositions, type Consumer } from './consumer-positions.js';
import { deadLetterOf, type Failure } from './dead-letter.js';
import { fence } from './fence.js';
import { isPoison } from './is-poison.js';

/** A record that PostgreSQL refuses might have met a passing neighbour (two inserts at once): it gets more than one try. */
const refusalsUntilPoison = 3;

export interface BatchPasser {
  readonly database: Database;
  readonly consumer: Consumer;
  readonly handler: BatchHandler;
  readonly appendIn: (transaction: Transaction, records: readonly NewRecord[]) => void;
  /** Told after the commit. */
  deadLettered(record: LogRecord, error: unknown): void;
}

/**
 * Handles records and moves the position in one transaction each try. Poison is bisected: what stays is dead-lettered in
 * the transaction that passes it. Rejects with everything that is not the fault of a record.
 */
export async function passBatch(passer: BatchPasser, records: readonly LogRecord[], attempt = 1): Promise<void> {
  try {
    await inStep(passer, records, (transaction, fresh) => passer.handler(transaction, fresh));
  } catch (error) {
    if (!isPoison(error)) throw error;
    const [first, ...others] = records;
    if (others.length > 0) {
      const middle = Math.ceil(records.length / 2);
      await passBatch(passer, records.slice(0, middle), attempt + 1);
      await passBatch(passer, records.slice(middle), attempt + 1);
    } else if (!(error instanceof PoisonError) && attempt < refusalsUntilPoison) {
      await passBatch(passer, records, attempt + 1);
    } else if (first !== undefined) {
      await buryRecord(passer, first, { group: passer.consumer.group, error, attempts: attempt });
    }
  }
}

async function buryRecord(passer: BatchPasser, record: LogRecord, failure: Failure): Promise<void> {
  const buried: LogRecord[] = [];
  await inStep(passer, [record], (transaction) => {
    buried.push(record);
    passer.appendIn(transaction, [deadLetterOf(record, failure)]);
    return Promise.resolve();
  });
  if (buried.length > 0) passer.deadLettered(record, failure.error);
}

async function inStep(
  { database, consumer }: BatchPasser,
  batch: readonly LogRecord[],
  work: (transaction: Transaction, records: readonly LogRecord[]) => Promise<void>,
): Promise<void> {
  const partitions = [...new Set(batch.map(({ partition }) => partition))].sort((a, b) => a - b);
  await database.transaction(async (transaction) => {
    const { records, positions } = fence(batch, await lockPositions(transaction, consumer, partitions));
    if (records.length === 0) return;
    await work(transaction, records);
    advancePositions(transaction, consumer, positions);
  });
}
