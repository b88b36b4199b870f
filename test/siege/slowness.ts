import type { Field } from './form.js';

/** So many times as long as behind it, or it was not slow. */
const slowFactor = 3;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a webhook waited for its 200, and after it for being told: in the middle of all of a time. */
interface Waits {
  readonly answerMs: number;
  readonly tellingMs: number;
}

interface Comparison {
  readonly calm: Waits;
  readonly slow: Waits;
}

/** Measures that it was slow, by what customers and readers saw. */
export class Slowness {
  private readonly slowTimes: Span[] = [];
  private readonly calmTimes: Span[] = [];

  constructor(private readonly field: Pick<Field, 'customers' | 'followers'>) {}

  async slow(work: () => Promise<void>): Promise<void> {
    this.slowTimes.push(await spanOf(work));
  }

  /** As it is otherwise. */
  async calm(work: () => Promise<void>): Promise<void> {
    this.calmTimes.push(await spanOf(work));
  }

  get lines(): string[] {
    return this.measure().map(
      ({ calm, slow }) =>
        `slow     ${slow.answerMs.toFixed(0)} ms to the 200, then ${slow.tellingMs.toFixed(0)} ms to the stream; in calm ${calm.answerMs.toFixed(0)} and ${calm.tellingMs.toFixed(0)} ms (medians)`,
    );
  }

  get complaints(): string[] {
    const isSlow = ({ calm, slow }: Comparison): boolean =>
      slow.answerMs >= slowFactor * calm.answerMs && slow.tellingMs > calm.tellingMs;
    return this.measure().every(isSlow) ? [] : ['the slow broker was not slow'];
  }

  private measure(): Comparison[] {
    return this.slowTimes.flatMap((slow, n) => {
      const calm = this.calmTimes[n];
      return calm === undefined ? [] : [{ calm: this.waitsIn(calm), slow: this.waitsIn(slow) }];
    });
  }

  private waitsIn({ from, to }: Span): Waits {
    const posted = this.field.customers.posted.filter(({ answeredAt }) => answeredAt >= from && answeredAt < to);
    const [follower] = this.field.followers;
    const told = new Map(
      follower?.told.filter(({ type }) => type === 'message.created').map(({ name, at }) => [name, at]) ?? [],
    );
    return {
      answerMs: median(posted.map(({ answeredAt, postedAt }) => answeredAt - postedAt)),
      tellingMs: median(posted.map(({ name, answeredAt }) => Math.max(0, (told.get(name) ?? Infinity) - answeredAt))),
    };
  }
}

async function spanOf(work: () => Promise<void>): Promise<Span> {
  const from = performance.now();
  await work();
  return { from, to: performance.now() };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
