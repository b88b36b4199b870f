import type { Database, Transaction } from '#libs/database';
import type { BatchHandler, LogRecord, NewRecord } from '../event-log.js';
import { PoisonError } from '../poison-error.js';
import type { Consumer } from './consumer-positions.js';
import { deadLetterOf, type Failure } from './dead-letter.js';
import { isPoison } from './is-poison.js';
import { OutOfStepError, stepsOf, type Step } from './steps.js';

/** A record that PostgreSQL refuses might have met a passing neighbour (two inserts at once): it gets more than one try. */
const refusalsUntilPoison = 3;

export interface BatchPasser {
  readonly database: Database;
  readonly consumer: Consumer;
  readonly handler: BatchHandler;
  /** Answers the partitions on which the group stood where the step begins. */
  readonly take: (
    transaction: Transaction,
    steps: readonly Step[],
    batch: readonly LogRecord[],
  ) => Promise<ReadonlySet<number>>;
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
    await inStep(passer, records, passer.handler);
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
  await inStep(passer, [record], (transaction) => {
    passer.appendIn(transaction, [deadLetterOf(record, failure)]);
    return Promise.resolve();
  });
  passer.deadLettered(record, failure.error);
}

/**
 * Moves the positions first, from where the batch begins: their rows are locked by it, and where the group stands elsewhere
 * nothing of the transaction stays. This is what makes a zombie harmless. The work does not wait for the answer.
 */
async function inStep(
  { database, take }: BatchPasser,
  batch: readonly LogRecord[],
  work: (transaction: Transaction, records: readonly LogRecord[]) => Promise<void>,
): Promise<void> {
  const steps = stepsOf(batch);
  await database.transaction(async (transaction) => {
    const [taken, worked] = await Promise.allSettled([
      take(transaction, steps, batch),
      Promise.resolve().then(() => work(transaction, batch)),
    ]);
    if (taken.status === 'rejected') throw taken.reason;
    const behind = steps.filter(({ partition }) => !taken.value.has(partition));
    if (behind.length > 0)
      throw new OutOfStepError(
        behind.map(({ partition, from }) => `The group is not at ${partition}/${from}.`).join(' '),
      );
    if (worked.status === 'rejected') throw worked.reason;
  });
}
