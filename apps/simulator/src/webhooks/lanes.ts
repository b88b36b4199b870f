import { Injectable } from '@nestjs/common';
import { SettingsStore } from '../world/settings.store.js';

/** Work of one lane runs in order, one after the other; lanes run beside each other, a bounded number at once. */
@Injectable()
export class Lanes {
  private readonly tails = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly settings: SettingsStore) {}

  run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(lane) ?? Promise.resolve();
    const done = before.then(() => this.bounded(work));
    const tail = done.catch(() => undefined);
    this.tails.set(lane, tail);
    void tail.then(() => {
      if (this.tails.get(lane) === tail) this.tails.delete(lane);
    });
    return done;
  }

  private async bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.settings.current.webhook_parallel) {
      // The one that ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
