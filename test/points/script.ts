import { newMid } from '../harness/facebook-items.js';
import type { Answer } from '../harness/answer.js';
import type { Chat, Product } from '../harness/start-product.js';
import { waitFor } from '../harness/wait-for.js';

export interface Line {
  readonly chat: Chat;
  readonly text: string;
}

export interface Inbound extends Line {
  readonly mid: string;
}

export interface Outbound extends Line {
  readonly key: string;
  /** What it was answered, each time. */
  readonly answers: Answer[];
}

/** How long Facebook and the caller go on repeating what was not answered by 200. */
const patienceMs = 20_000;

/** What customers write and agents answer, each repeated until it is answered by 200. */
export class Script {
  readonly inbound: Inbound[] = [];
  readonly outbound: Outbound[] = [];
  private number = 0;

  constructor(private readonly product: Product) {}

  /** Two from the customer and two to them, in order, side by side. */
  async play(chat: Chat): Promise<void> {
    const write = async (): Promise<void> => {
      await this.write(chat);
      await this.write(chat);
    };
    const send = async (): Promise<void> => {
      await this.send(chat);
      await this.send(chat);
    };
    await Promise.all([write(), send()]);
  }

  async write(chat: Chat): Promise<Inbound> {
    const inbound = { chat, mid: newMid(), text: `written ${this.next()}` };
    this.inbound.push(inbound);
    await waitFor(
      `${inbound.text} to be answered`,
      () => this.product.webhooks.deliverText({ ...chat, ...inbound }).then(() => true),
      patienceMs,
    );
    return inbound;
  }

  async send(chat: Chat): Promise<Outbound> {
    const number = this.next();
    const outbound = { chat, key: `key-${number}`, text: `sent ${number}`, answers: [] as Answer[] };
    this.outbound.push(outbound);
    const body = { conversation_id: chat.conversationId, content: { type: 'text', text: outbound.text } };
    const ask = async (): Promise<boolean> => {
      const answer = await this.product.client.call('messages.send', body, { 'idempotency-key': outbound.key });
      outbound.answers.push(answer);
      return answer.status === 200;
    };
    await waitFor(`${outbound.text} to be answered`, ask, patienceMs);
    return outbound;
  }

  private next(): string {
    this.number += 1;
    return String(this.number).padStart(4, '0');
  }
}

export function idOf({ answers }: Outbound): string {
  const { text = '{}' } = answers.find(({ status }) => status === 200) ?? {};
  return (JSON.parse(text) as { id: string }).id;
}
