import { newPsid, textItem } from './facebook-items.js';
import type { Product } from './start-product.js';

export interface Wave {
  readonly texts: number;
  /** Each. */
  readonly characters: number;
}

/** Customers who write more than a reader that does not read can be given. */
export class Flood {
  posted = 0;

  constructor(
    private readonly product: Product,
    private readonly pageId: string,
    private readonly wave: Wave,
  ) {}

  /** Posts some more; true when so many readers were cut. */
  async untilCut(readers: number): Promise<boolean> {
    const text = 'x'.repeat(this.wave.characters);
    const items = Array.from({ length: this.wave.texts }, () =>
      textItem({ pageId: this.pageId, psid: newPsid(), text }),
    );
    await this.product.webhooks.deliver(this.pageId, items);
    this.posted += items.length;
    return this.product.output.split('"why":"too-slow"').length > readers;
  }
}
