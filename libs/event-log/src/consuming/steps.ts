import type { LogRecord } from '../event-log.js';

/** The batch does not begin where the group stands: someone else went on, or we forgot something. Start again from SQL. */
export class OutOfStepError extends Error {
  override readonly name = 'OutOfStepError';
}

/** How far a batch brings the group on one partition. */
export interface Step {
  readonly partition: number;
  /** Where the group must stand for it: the offset of the first record. */
  readonly from: number;
  /** Behind the last record. */
  readonly to: number;
}

/** By partition, in the order in which positions are locked everywhere. Refuses a hole. */
export function stepsOf(batch: readonly LogRecord[]): readonly Step[] {
  const steps = new Map<number, Step>();
  for (const { partition, offset } of batch) {
    const { from, to } = steps.get(partition) ?? { from: offset, to: offset };
    if (offset !== to) throw new OutOfStepError(`Partition ${partition} was read up to ${to}, then from ${offset}.`);
    steps.set(partition, { partition, from, to: offset + 1 });
  }
  return [...steps.values()].sort((a, b) => a.partition - b.partition);
}
