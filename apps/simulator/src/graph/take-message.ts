import { Injectable } from '@nestjs/common';
import { nextTimestamp, remember } from '../world/customer.js';
import { Dice } from '../world/dice.js';
import { RecordStore, type SendCall } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { FollowUps, type Accepted } from './follow-ups.js';
import { GraphAnswer } from './graph-answer.js';

export interface TakenMessage extends Omit<Accepted, 'mid' | 'timestamp'> {
  readonly call: SendCall | undefined;
}

/** Accepts a message and lets its webhooks follow. */
@Injectable()
export class TakeMessage {
  constructor(
    private readonly settings: SettingsStore,
    private readonly records: RecordStore,
    private readonly dice: Dice,
    private readonly followUps: FollowUps,
  ) {}

  async take({ call, ...taken }: TakenMessage): Promise<GraphAnswer> {
    const mid = this.dice.mid();
    const accepted = { ...taken, mid, timestamp: nextTimestamp(taken.customer, this.settings.now()) };
    if (call !== undefined) this.records.accept(call, mid);
    remember(taken.customer, { mid, isFromPage: true, at: accepted.timestamp, message: taken.message });
    const { echo } = this.settings.current;
    if (echo === 'before') await this.followUps.postEcho(accepted);
    return new GraphAnswer({ recipient_id: taken.customer.psid, message_id: mid }, () => {
      if (echo === 'after') void this.followUps.postEcho(accepted);
      this.followUps.postReceipts(accepted);
    });
  }
}
