import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../harness/answer.js';
import type { Chat } from '../harness/start-product.js';
import type { Dice } from './dice.js';
import type { Sent } from './evidence.js';
import { Pace } from './pace.js';
import type { Stronghold } from './stronghold.js';

const workers = 4;
const pauseMs = 25;
/** The same call was heard twice, or the database is away: the caller calls again. */
const patient = new Set([409, 503]);

interface AgentsOptions {
  readonly stronghold: Stronghold;
  readonly chats: readonly Chat[];
  readonly perSecond: number;
  readonly dice: Dice;
}

/** They answer customers, numbered, several times each; a call without an answer is made again with its key. */
export class Agents {
  /** Answered 200. */
  readonly sent: Sent[] = [];
  /** Called, and not yet answered. */
  readonly open = new Set<string>();
  repeated = 0;
  readonly complaints: string[] = [];
  private number = 0;
  private isOver = false;
  private isGivenUp = false;
  private readonly idle: Chat[];
  private readonly pace: Pace;
  private work: Promise<void>[] = [];

  constructor(private readonly options: AgentsOptions) {
    this.idle = [...options.chats];
    this.pace = new Pace(options.perSecond);
  }

  start(): void {
    this.work = Array.from({ length: workers }, () => this.answer());
  }

  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.work);
  }

  giveUp(): void {
    this.isGivenUp = true;
  }

  private async answer(): Promise<void> {
    for (;;) {
      await this.pace.pass();
      if (this.isOver || this.isGivenUp) return;
      const chat = this.options.dice.draw(this.idle);
      if (chat === undefined) continue;
      this.number += 1;
      await this.send(chat, this.number);
      this.idle.push(chat);
    }
  }

  private async send(chat: Chat, number: number): Promise<void> {
    const name = `send ${number}`;
    this.open.add(name);
    while (!this.isGivenUp) {
      const answer = await this.call(chat, name).catch(() => undefined);
      if (answer?.status === 200) {
        const { id } = JSON.parse(answer.text) as { id: string };
        this.sent.push({ name, number, id, psid: chat.psid });
        this.open.delete(name);
        return;
      }
      this.repeated += 1;
      if (answer !== undefined && !patient.has(answer.status)) {
        // no repeat will heal that
        this.complaints.push(`${name} was answered ${answer.status}: ${answer.text.slice(0, 300)}`);
        return;
      }
      await sleep(pauseMs);
    }
  }

  private async call({ conversationId }: Chat, text: string): Promise<Answer> {
    const body = { conversation_id: conversationId, content: { type: 'text', text } };
    // in a promise: there may be no process to call
    return Promise.resolve().then(() =>
      this.options.stronghold.client.call('messages.send', body, { 'idempotency-key': text.replace(' ', '-') }),
    );
  }
}
