import { setTimeout as sleep } from 'node:timers/promises';
import { envelope, facebookNow, newMid, textItem } from './facebook-items.js';
import { facebookJson, signatureOf } from './sign-webhook.js';
import type { Chat } from './start-product.js';
import { waitFor } from './wait-for.js';

/** Facebook waits so long for a 200 (Webhooks, "Getting Started": respond within 5 seconds). */
const patienceMs = 5_000;
/** "Immediately, a few more times": after these it gives up, and nobody sends the event again. */
const repeats = 3;
const shortestPauseMs = 5;

interface Target {
  readonly url: () => string;
  readonly appSecret: string;
  /** Of each text; larger ones fill a spool sooner. */
  readonly textLength?: number;
  /** Of each customer between two texts. Default 5. */
  readonly pauseMs?: number;
}

interface Tried {
  /** 0: no answer. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly ms: number;
}

/** Posts numbered messages, each customer's one after the other, as Facebook does: what is not answered 200 soon is dropped. */
export class ImpatientFacebook {
  /** Mids answered 200, by conversation, in the order of the answers, which is that of the posts. */
  readonly taken = new Map<string, string[]>();
  readonly dropped: string[] = [];
  readonly tries: Tried[] = [];
  private isRunning = false;
  private number = 0;
  private workers: Promise<void>[] = [];

  constructor(
    private readonly target: Target,
    private readonly chats: readonly Chat[],
  ) {}

  start(): void {
    this.isRunning = true;
    this.workers = this.chats.map((chat) => this.write(chat));
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.all(this.workers);
  }

  get count(): number {
    return [...this.taken.values()].reduce((sum, mids) => sum + mids.length, 0);
  }

  /** Waits until so many more were answered 200. */
  async pass(count: number): Promise<void> {
    const goal = this.count + count;
    await waitFor(`${count} more webhooks to be answered 200`, () => this.count >= goal, 20_000);
  }

  /** One message of each customer. */
  async round(): Promise<void> {
    await Promise.all(this.chats.map((chat) => this.post(chat)));
  }

  private async write(chat: Chat): Promise<void> {
    while (this.isRunning) {
      await this.post(chat);
      await sleep(this.target.pauseMs ?? shortestPauseMs);
    }
  }

  private async post(chat: Chat): Promise<void> {
    this.number += 1;
    const { pageId, psid, conversationId } = chat;
    const mid = newMid();
    const text = `number ${this.number} `.padEnd(this.target.textLength ?? 0, 'x');
    const body = facebookJson(envelope(pageId, [textItem({ pageId, psid, text, mid, timestamp: facebookNow() })]));
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      if ((await this.try(body)) !== 200) continue;
      this.taken.set(conversationId, [...(this.taken.get(conversationId) ?? []), mid]);
      return;
    }
    this.dropped.push(mid);
  }

  private async try(body: string): Promise<number> {
    const startedAt = performance.now();
    const note = (status: number, retryAfter: string | null): number => {
      this.tries.push({ status, retryAfter, ms: performance.now() - startedAt });
      return status;
    };
    try {
      const response = await fetch(`${this.target.url()}/facebook`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-hub-signature-256': signatureOf(body, this.target.appSecret),
        },
        body,
        signal: AbortSignal.timeout(patienceMs),
      });
      await response.text();
      return note(response.status, response.headers.get('retry-after'));
    } catch {
      return note(0, null);
    }
  }
}
