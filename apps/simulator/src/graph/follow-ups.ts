import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { PostEvent } from '../webhooks/post-event.js';
import { Arrivals } from '../world/arrivals.js';
import { nextTimestamp, type Customer } from '../world/customer.js';
import type { Page } from '../world/page.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { echoOf } from './echo.js';
import type { Send } from './read-send.js';

export interface Accepted {
  readonly page: Page;
  readonly customer: Customer;
  readonly send: Send;
  readonly message: JsonObject;
  readonly mid: string;
  readonly timestamp: number;
}

/** What follows an accepted message: echo, delivery, read, and a customer who sees it. */
@Injectable()
export class FollowUps {
  constructor(
    private readonly settings: SettingsStore,
    private readonly events: PostEvent,
    private readonly arrivals: Arrivals,
  ) {}

  async postEcho(accepted: Accepted): Promise<void> {
    const { page, customer, send, mid, timestamp } = accepted;
    const message = echoOf(accepted.message, mid, Number(this.settings.appId));
    const replyTo = send.replyToMid === undefined ? {} : { reply_to: { mid: send.replyToMid } };
    await this.events.post(page, {
      field: 'message_echoes',
      psid: customer.psid,
      mid,
      item: {
        sender: { id: page.id },
        recipient: { id: customer.psid },
        timestamp,
        message: { ...message, ...replyTo },
      },
    });
  }

  /** The customer hears of it last, so that what is done about it is posted after echo and delivery. */
  postReceipts(accepted: Accepted): void {
    const { delivery, read } = this.settings.current;
    const { page, customer, mid, message } = accepted;
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
    this.arrivals.announce(page, customer, { mid, message });
  }
}
