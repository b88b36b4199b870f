import { setTimeout as sleep } from 'node:timers/promises';
import type { Update } from '#libs/messaging';
import { StreamRefused, type UpdateReader } from '../harness/stream-reader.js';
import { textOf } from '../harness/texts.js';
import type { Told } from './evidence.js';

const lookMs = 50;

/** By performance.now(). */
interface Heard extends Told {
  readonly at: number;
}

/** A client of one stream over the whole siege: it comes back with its last id as often as it is cut off. */
export class Follower {
  readonly told: Heard[] = [];
  readonly complaints: string[] = [];
  connections = 0;
  private cursor: string | undefined;
  private isOver = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly open: (lastEventId: string | undefined) => Promise<UpdateReader>,
  ) {}

  start(): void {
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async follow(): Promise<void> {
    while (!this.isOver) {
      const reader = await this.open(this.cursor).catch((error: unknown) => {
        this.noteRefusal(error);
      });
      if (reader === undefined) await sleep(lookMs);
      else await this.read(reader);
    }
  }

  private async read(reader: UpdateReader): Promise<void> {
    this.connections += 1;
    let taken = 0;
    const take = (): void => {
      const arrivals = reader.arrivals;
      for (const { update, cursor } of arrivals.slice(taken)) {
        this.told.push({ ...toldOf(update), at: performance.now() });
        this.cursor = cursor;
      }
      taken = arrivals.length;
    };
    while (reader.isOpen && !this.isOver) {
      take();
      await sleep(lookMs);
    }
    take();
    if (reader.isExpired) this.complaints.push(`the ${this.name} said that its cursor has expired`);
    reader.close();
  }

  private noteRefusal(error: unknown): void {
    if (error instanceof StreamRefused && error.status !== 503)
      this.complaints.push(`the ${this.name} was answered ${error.status}: ${error.body.slice(0, 300)}`);
  }
}

function toldOf(update: Update): Told {
  const { id, type } = update;
  const conversationId = 'conversation_id' in update ? update.conversation_id : '';
  if (!('message' in update.payload)) return { id, type, conversationId };
  const { message } = update.payload;
  return { id, type, conversationId, messageId: message.id, version: message.version, name: textOf(message) };
}
