/** Chance that comes again with its seed (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** From 0 up to, but not, 1. */
  roll(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.roll() * limit);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  happens(share: number): boolean {
    return this.roll() < share;
  }

  /** One of them, which is taken away; undefined when there is none. */
  draw<Item>(items: Item[]): Item | undefined {
    return items.splice(this.below(items.length), 1)[0];
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const left = [...items];
    const mixed: Item[] = [];
    for (let next = this.draw(left); next !== undefined; next = this.draw(left)) mixed.push(next);
    return mixed;
  }
}
