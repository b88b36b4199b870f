import { Pending, type Place } from './pending.js';

export interface DeadlinesOptions<One> {
  readonly ms: number;
  /** Ends it, and others if need be. */
  readonly late: (place: Place<One>) => void;
}

/** What must end within the same time, each since it came: one timer for all. */
export class Deadlines<One> {
  private readonly open = new Pending<One>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DeadlinesOptions<One>) {}

  get all(): readonly Place<One>[] {
    return this.open.all;
  }

  add(one: One): Place<One> {
    const place = this.open.add(one);
    this.timer ??= this.wake(this.options.ms);
    return place;
  }

  has(place: Place<One>): boolean {
    return this.open.has(place);
  }

  /** False: it had ended before. */
  end(place: Place<One>): boolean {
    if (!this.open.end(place)) return false;
    if (this.open.isEmpty) {
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    return true;
  }

  private wake(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.look();
    }, Math.ceil(ms));
  }

  private look(): void {
    const { ms, late } = this.options;
    const dueSince = performance.now() - ms;
    for (const place of this.all) {
      if (place.sinceMs > dueSince) break;
      if (this.has(place)) late(place);
    }
    const { first } = this.open;
    // who came meanwhile may have set one
    clearTimeout(this.timer);
    this.timer = first === undefined ? undefined : this.wake(first.sinceMs - dueSince);
  }
}
