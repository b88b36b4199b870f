import type { LogRecord } from '../event-log.js';
import type { PositionMap } from './consumer-positions.js';

/** The batch does not begin where the group stands: someone else went on, or we forgot something. Start again from SQL. */
export class OutOfStepError extends Error {
  override readonly name = 'OutOfStepError';
}

export interface Fenced {
  /** What is left to handle, in the order of the batch. */
  readonly records: readonly LogRecord[];
  /** Where the group stands after it, for the partitions that have records left. */
  readonly positions: PositionMap;
}

/** Drops what the group has passed and refuses a hole. This, under the lock of the positions, is what makes a zombie harmless. */
export function fence(batch: readonly LogRecord[], positions: PositionMap): Fenced {
  const next = new Map<number, number>();
  const records = batch.filter(({ partition, offset }) => {
    const expected = next.get(partition) ?? positions.get(partition);
    if (expected === undefined) throw new OutOfStepError(`The group has no position on partition ${partition}.`);
    if (offset < expected) return false;
    if (offset > expected) {
      throw new OutOfStepError(`Partition ${partition} stands at ${expected}, the batch goes on at ${offset}.`);
    }
    next.set(partition, offset + 1);
    return true;
  });
  return { records, positions: next };
}
