import type { Answer } from './answer.js';
import { newMid } from './facebook-items.js';
import { at } from './only.js';
import type { Chat, Product } from './start-product.js';
import { waitFor } from './wait-for.js';

const WEBHOOK_WORKERS = 6;
const SEND_WORKERS = 2;

/** A numbered message of a customer. */
export interface Posted {
  readonly chat: Chat;
  readonly mid: string;
  readonly text: string;
}

/** A numbered message to a customer, each into a conversation of its own. */
export interface Sent {
  readonly chat: Chat;
  readonly key: string;
  readonly text: string;
}

/** Customers write and agents answer, numbered, until they are told to stop or nobody listens any more. */
export class Load {
  /** Answered 200. */
  readonly posted: Posted[] = [];
  /** Posted, but never answered: Facebook would post them again. */
  readonly unanswered: Posted[] = [];
  /** Answered 200, with the id of the message. */
  readonly sent = new Map<Sent, string>();
  /** Called, but never answered: the caller would call again. */
  readonly uncertain: Sent[] = [];
  /** Anything that should not have happened. */
  readonly complaints: string[] = [];
  private isRunning = false;
  private number = 0;
  private workers: Promise<void>[] = [];

  constructor(
    private readonly product: Product,
    private readonly writers: readonly Chat[],
    /** Used up, one for each send. */
    private readonly readers: Chat[],
  ) {}

  start(): void {
    this.isRunning = true;
    this.workers = [
      ...Array.from({ length: WEBHOOK_WORKERS }, () => this.work(() => this.post(this.nextPost()))),
      ...Array.from({ length: SEND_WORKERS }, () => this.work(() => this.send(this.nextSend()))),
    ];
  }

  /** Waits until so many more webhooks were answered. */
  async pass(count: number): Promise<void> {
    const goal = this.posted.length + count;
    await waitFor(`${count} more webhooks to be answered`, () => this.posted.length >= goal, 20_000);
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.all(this.workers);
  }

  /** What Facebook and the caller do after a lost connection: the same again. */
  async repeatUnanswered(): Promise<void> {
    await Promise.all(this.unanswered.splice(0).map((posted) => this.post(posted)));
    await Promise.all(this.uncertain.splice(0).map((sent) => this.send(sent)));
  }

  private async work(step: () => Promise<boolean>): Promise<void> {
    while (this.isRunning) {
      if (!(await step())) return;
    }
  }

  private nextPost(): Posted {
    this.number += 1;
    const chat = at(this.writers, this.number % this.writers.length);
    return { chat, mid: newMid(), text: `written ${this.number}` };
  }

  private nextSend(): Sent | undefined {
    const chat = this.readers.shift();
    return chat === undefined ? undefined : { chat, key: `send-${chat.psid}`, text: `sent to ${chat.psid}` };
  }

  /** False: nobody answers any more. */
  private async post(posted: Posted): Promise<boolean> {
    const { chat, mid, text } = posted;
    try {
      await this.product.webhooks.deliverText({ ...chat, mid, text });
      this.posted.push(posted);
      return true;
    } catch (error) {
      this.unanswered.push(posted);
      return this.note(error);
    }
  }

  private async send(sent: Sent | undefined): Promise<boolean> {
    if (sent === undefined) return false;
    const body = { conversation_id: sent.chat.conversationId, content: { type: 'text', text: sent.text } };
    try {
      const answer = await this.product.client.call('messages.send', body, { 'idempotency-key': sent.key });
      this.sent.set(sent, idIn(answer));
      return true;
    } catch (error) {
      this.uncertain.push(sent);
      return this.note(error);
    }
  }

  /** A lost connection is what the test is about; an answer that is not 200 is not. */
  private note(error: unknown): false {
    // By name: in jest the TypeError of fetch is not that of this file.
    const isLost = (error as Error).name === 'TypeError' || String(error).includes('Parley is not running');
    if (!isLost) this.complaints.push(String(error));
    return false;
  }
}

function idIn(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`messages.send was answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { id: string }).id;
}
