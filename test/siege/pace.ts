import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many a second pass, whoever asks, until it is lifted. What a standstill has kept back is not made up for. */
export class Pace {
  private dueAt = performance.now();
  private isLifted = false;

  constructor(private readonly perSecond: number) {}

  lift(): void {
    this.isLifted = true;
  }

  async pass(count = 1): Promise<void> {
    if (this.isLifted) return;
    const now = performance.now();
    this.dueAt = Math.max(now - 100, this.dueAt) + (count * 1000) / this.perSecond;
    if (this.dueAt > now) await sleep(this.dueAt - now);
  }
}
