import { editItem, newMid, reactionItem, textItem } from './facebook-items.js';
import type { ToldUpdate } from './raw-parsers.js';
import type { Chat, Product } from './start-product.js';
import type { StreamReader } from './stream-reader.js';
import { textOf } from './texts.js';
import { waitFor } from './wait-for.js';

/** What happens in some conversations while a crowd listens; every update of it is counted before. */
export class CrowdScript {
  /** Updates that everybody who listens to everything has to hear of it. */
  updates = 0;
  /** Of every webhook and call, ms. */
  readonly answeredAfterMs: number[] = [];
  private number = 0;

  constructor(
    private readonly product: Product,
    private readonly chats: readonly Chat[],
  ) {}

  /** In each round each customer writes, edits it and likes it, and is answered. */
  async play(rounds: number, { isAnswered }: { isAnswered: boolean }): Promise<void> {
    for (let round = 0; round < rounds; round += 1)
      await Promise.all(this.chats.map((chat) => this.playRound(chat, isAnswered)));
  }

  private async playRound(chat: Chat, isAnswered: boolean): Promise<void> {
    const mid = newMid();
    this.number += 1;
    const text = `number ${this.number}`;
    const items = [
      textItem({ ...chat, text, mid }),
      editItem(chat, { mid, text: `${text}, better` }),
      reactionItem(chat, mid),
    ];
    for (const item of items) {
      await this.timed(() => this.product.webhooks.deliver(chat.pageId, [item]));
      this.updates += 1;
    }
    if (!isAnswered) return;
    await this.timed(() => this.product.client.sendText(chat.conversationId, `answer to ${text}`));
    // that it is pending, and that it is sent
    this.updates += 2;
  }

  private async timed(work: () => Promise<unknown>): Promise<void> {
    const since = performance.now();
    await work();
    this.answeredAfterMs.push(performance.now() - since);
  }
}

/** What a reader has heard, when it has heard so much. */
export async function toldTo(reader: StreamReader, count: number): Promise<ToldUpdate[]> {
  await waitFor(`${count} updates`, () => reader.arrivals.length >= count, 30_000);
  return reader.updates.map((update) => ({
    id: update.id,
    type: update.type,
    conversationId: 'conversation_id' in update ? update.conversation_id : '',
    text: 'message' in update.payload ? textOf(update.payload.message) : '',
  }));
}
