import { backOffMs } from '../consuming/back-off.js';
import { describeError } from '../consuming/describe-error.js';
import { UnansweredError } from '../consuming/unanswered-error.js';

interface Failing {
  readonly failures: number;
  readonly reason: string;
  /** By `performance.now()`. */
  readonly retryAt: number;
  /** By the same clock; undefined: it is not for the want of an answer. */
  readonly unansweredSince: number | undefined;
}

/** Partitions whose batch failed for a reason that is not in the records: each is tried again for ever, with back-off. */
export class FailingPartitions {
  readonly #failing = new Map<number, Failing>();

  /** True when it is the first failure in a row. */
  fail(partition: number, error: unknown): boolean {
    const before = this.#failing.get(partition);
    const now = performance.now();
    const failures = (before?.failures ?? 0) + 1;
    this.#failing.set(partition, {
      failures,
      reason: `Partition ${partition} fails: ${describeError(error)}`,
      retryAt: now + backOffMs(failures),
      unansweredSince: error instanceof UnansweredError ? (before?.unansweredSince ?? now) : undefined,
    });
    return failures === 1;
  }

  succeed(partition: number): void {
    this.#failing.delete(partition);
  }

  isDue(partition: number): boolean {
    return (this.#failing.get(partition)?.retryAt ?? 0) <= performance.now();
  }

  /** Until one more is due. */
  get waitMs(): number {
    const now = performance.now();
    return Math.min(...[...this.#failing.values()].map(({ retryAt }) => retryAt - now).filter((waitMs) => waitMs > 0));
  }

  get unansweredMs(): number {
    const now = performance.now();
    return Math.max(0, ...[...this.#failing.values()].map(({ unansweredSince = now }) => now - unansweredSince));
  }

  get reasons(): readonly string[] {
    return [...this.#failing.values()].map(({ reason }) => reason);
  }
}
