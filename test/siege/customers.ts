import { setTimeout as sleep } from 'node:timers/promises';
import { textItem, type Item } from '../harness/facebook-items.js';
import type { Dice } from './dice.js';
import type { Posted } from './evidence.js';
import { Pace } from './pace.js';
import type { Poster } from './poster.js';

const workers = 12;
/** So often a body holds several items, of one customer or of several. */
const batchShare = 0.1;
const batchMost = 8;
/** So often what was answered before is delivered once more. */
const redeliveryShare = 0.05;
const remembered = 500;

interface Writing {
  readonly psids: readonly string[];
  readonly events: readonly Posted[];
  readonly items: readonly Item[];
}

/** By performance.now(). */
interface Answered extends Posted {
  readonly postedAt: number;
  readonly answeredAt: number;
}

interface CustomersOptions {
  readonly pageId: string;
  readonly psids: readonly string[];
  readonly goal: number;
  readonly perSecond: number;
  readonly dice: Dice;
  readonly poster: Poster;
}

/** They write numbered texts. Who writes again has had the 200 for what was before, so that order can be held against us. */
export class Customers {
  /** Answered 200. */
  readonly posted: Answered[] = [];
  /** Posted, and not yet answered. */
  readonly open = new Set<Posted>();
  redelivered = 0;
  private number = 0;
  private isReleased = false;
  private readonly pace: Pace;
  private readonly idle: string[];
  private readonly earlier: (readonly Item[])[] = [];
  private work: Promise<void>[] = [];

  constructor(private readonly options: CustomersOptions) {
    this.pace = new Pace(options.perSecond);
    this.idle = [...options.psids];
  }

  start(): void {
    this.work = Array.from({ length: workers }, () => this.write());
  }

  /** The faults are over: the rest of the number at full speed. */
  async finish(): Promise<void> {
    this.isReleased = true;
    this.pace.lift();
    await Promise.all(this.work);
  }

  private get isEnough(): boolean {
    return this.isReleased && this.number >= this.options.goal;
  }

  private async write(): Promise<void> {
    const { pageId, poster, dice } = this.options;
    while (!this.isEnough) {
      const writing = this.next();
      if (writing.events.length === 0) {
        await sleep(2);
        continue;
      }
      await this.pace.pass(writing.events.length);
      for (const event of writing.events) this.open.add(event);
      const postedAt = performance.now();
      if (!(await poster.deliver(pageId, writing.items))) return;
      for (const event of writing.events) this.open.delete(event);
      const answeredAt = performance.now();
      this.posted.push(...writing.events.map((event) => ({ ...event, postedAt, answeredAt })));
      this.idle.push(...writing.psids);
      this.remember(writing.items);
      if (dice.happens(redeliveryShare)) await this.redeliver();
    }
  }

  private next(): Writing {
    const { dice, pageId } = this.options;
    const count = dice.happens(batchShare) ? dice.between(2, batchMost) : 1;
    const psids = Array.from({ length: dice.between(1, count) }, () => dice.draw(this.idle)).filter(
      (psid) => psid !== undefined,
    );
    const events = psids.length === 0 ? [] : Array.from({ length: count }, (_, n) => this.numbered(psids, n));
    const items = events.map(({ psid, mid, name }) => textItem({ pageId, psid, mid, text: name }));
    return { psids, events, items };
  }

  private numbered(psids: readonly string[], n: number): Posted {
    this.number += 1;
    return {
      name: `event ${this.number}`,
      number: this.number,
      mid: `m_siege_${this.number}`,
      psid: psids[n % psids.length] ?? '',
    };
  }

  private remember(items: readonly Item[]): void {
    this.earlier.push(items);
    if (this.earlier.length > remembered) this.earlier.shift();
  }

  private async redeliver(): Promise<void> {
    const { dice, poster, pageId } = this.options;
    const items = this.earlier[dice.below(this.earlier.length)];
    if (items === undefined) return;
    this.redelivered += 1;
    await poster.deliver(pageId, items);
  }
}
