/** Of one thing that is under way. */
export interface Place<One> {
  readonly one: One;
  /** By `performance.now()`. */
  readonly sinceMs: number;
}

interface Link<One> extends Place<One> {
  before: Link<One>;
  after: Link<One>;
}

/**
 * What is under way, in the order in which it came. No `Set`: after so many that came and went V8 moves it to a new table, and the
 * old ones, grown old themselves, keep what lay in them alive until the next full collection. At thousands of requests a
 * second that is nearly every request, with all that hangs on it (docs/performance.md).
 */
export class Pending<One> {
  /** Behind the last and before the first. */
  private readonly ends = createEnds<One>();

  get isEmpty(): boolean {
    return this.ends.after === this.ends;
  }

  /** Who came first. */
  get first(): Place<One> | undefined {
    return this.isEmpty ? undefined : this.ends.after;
  }

  /** As they are now. */
  get all(): readonly Place<One>[] {
    const all: Place<One>[] = [];
    for (let link = this.ends.after; link !== this.ends; link = link.after) all.push(link);
    return all;
  }

  add(one: One): Place<One> {
    const { ends } = this;
    const link = { one, sinceMs: performance.now(), before: ends.before, after: ends };
    ends.before.after = link;
    ends.before = link;
    return link;
  }

  has(place: Place<One>): boolean {
    return (place as Link<One>).after !== place;
  }

  /** False: it had ended before. */
  end(place: Place<One>): boolean {
    if (!this.has(place)) return false;
    const link = place as Link<One>;
    link.before.after = link.after;
    link.after.before = link.before;
    link.before = link;
    link.after = link;
    return true;
  }
}

function createEnds<One>(): Link<One> {
  const ends = {} as Link<One>;
  ends.before = ends;
  ends.after = ends;
  return ends;
}
