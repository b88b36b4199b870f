import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import { PostEvent } from '../webhooks/post-event.js';
import { nextTimestamp, type Customer, type Page } from '../world/page.store.js';
import { RecordStore, type SendCall } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { echoOf } from './echo.js';
import { GraphAnswer } from './graph-answer.js';
import type { Send } from './read-send.js';

export interface TakenMessage {
  readonly page: Page;
  readonly customer: Customer;
  readonly send: Send;
  readonly message: JsonObject;
  readonly call: SendCall | undefined;
}

const MID_BYTES = 48;

/** Accepts a message and lets its webhooks follow: echo, delivery, read. */
@Injectable()
export class TakeMessage {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    private readonly settings: SettingsStore,
    private readonly records: RecordStore,
    private readonly events: PostEvent,
  ) {}

  async take(taken: TakenMessage): Promise<GraphAnswer> {
    const mid = `m_${randomBytes(MID_BYTES).toString('base64url')}`;
    const timestamp = nextTimestamp(taken.customer, this.settings.now());
    if (taken.call !== undefined) this.records.accept(taken.call, mid);
    const { echo } = this.settings.current;
    if (echo === 'before') await this.postEcho(taken, mid, timestamp);
    return new GraphAnswer({ recipient_id: taken.customer.psid, message_id: mid }, () => {
      if (echo === 'after') void this.postEcho(taken, mid, timestamp);
      this.postReceipts(taken, mid);
    });
  }

  private async postEcho(taken: TakenMessage, mid: string, timestamp: number): Promise<void> {
    const message = echoOf(taken.message, mid, Number(this.app.appId));
    const replyTo = taken.send.replyToMid === undefined ? {} : { reply_to: { mid: taken.send.replyToMid } };
    await this.events.post(taken.page, {
      field: 'message_echoes',
      psid: taken.customer.psid,
      mid,
      item: {
        sender: { id: taken.page.id },
        recipient: { id: taken.customer.psid },
        timestamp,
        message: { ...message, ...replyTo },
      },
    });
  }

  private postReceipts(taken: TakenMessage, mid: string): void {
    const { delivery, read } = this.settings.current;
    const { page, customer } = taken;
    const parties = { sender: { id: customer.psid }, recipient: { id: page.id } };
    if (delivery === 'auto') {
      // The form of Facebook's page: no timestamp.
      const watermark = nextTimestamp(customer, this.settings.now());
      const item = { ...parties, delivery: { mids: [mid], watermark } };
      void this.events.post(page, { field: 'message_deliveries', psid: customer.psid, mid, item });
    }
    if (read === 'auto') {
      const watermark = nextTimestamp(customer, this.settings.now());
      const item = { ...parties, timestamp: watermark, read: { watermark } };
      void this.events.post(page, { field: 'message_reads', psid: customer.psid, mid, item });
    }
  }
}
