import type { Arrival } from '../world/arrivals.js';
import { textOf } from './fits-wanted.js';

export interface Heard extends Arrival {
  readonly text: string | null;
  readonly after_ms: number;
}

/** What one customer has received since the script began, and how far the script has listened. */
export class Ears {
  readonly heard: Heard[] = [];
  private readonly startedAt = performance.now();
  private listened = 0;
  private wake: () => void = () => undefined;

  readonly hear = (arrival: Arrival): void => {
    const text = textOf(arrival.message) ?? null;
    this.heard.push({ ...arrival, text, after_ms: Math.round(performance.now() - this.startedAt) });
    this.wake();
  };

  /** The first that fits among those not listened to yet; what came before it is passed over. undefined: none in time. */
  async next(
    fits: (arrival: Arrival) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Arrival | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.heard.findIndex((arrival, n) => n >= this.listened && fits(arrival));
      if (found !== -1) {
        this.listened = found + 1;
        return this.heard[found];
      }
      const left = deadline - performance.now();
      if (left <= 0 || signal.aborted) return undefined;
      await this.anything(left, signal);
    }
  }

  private anything(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      // A timer may fire a little early: one more look costs nothing.
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.wake = done;
    });
  }
}
