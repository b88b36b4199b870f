import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { PostEvent, type PageEvent } from '../webhooks/post-event.js';
import { nextTimestamp, PageStore, type Customer, type Page } from '../world/page.store.js';
import type { WebhookRecord } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import type { EventOrder, ReceiptOrder, WriteOrder } from './customers.schema.js';
import { findCustomer, findPage } from './find-customer.js';

export interface Act {
  readonly mid?: string;
  readonly timestamp: number;
  readonly webhook: WebhookRecord | null;
}

interface Parties {
  readonly page: Page;
  readonly customer: Customer;
}

const MID_BYTES = 48;

/** What opens the window: https://developers.facebook.com/docs/messenger-platform/policy/policy-overview */
const WINDOW_OPENERS = ['message', 'postback', 'reaction', 'referral', 'optin'];

/** What customers do. */
@Injectable()
export class Acts {
  constructor(
    private readonly pages: PageStore,
    private readonly settings: SettingsStore,
    private readonly events: PostEvent,
  ) {}

  async write(order: WriteOrder): Promise<Act> {
    const { page, customer } = this.parties(order);
    const mid = order.mid ?? `m_${randomBytes(MID_BYTES).toString('base64url')}`;
    const timestamp = order.timestamp ?? nextTimestamp(customer, this.settings.now());
    openWindow(customer, timestamp);
    const { text, attachments, quick_reply, reply_to } = order;
    const message = { mid, ...withoutUndefined({ text, attachments, quick_reply, reply_to }), ...order.message };
    const event = {
      field: 'messages',
      psid: customer.psid,
      mid,
      item: { ...from(page, customer), timestamp, message },
    };
    return { mid, timestamp, webhook: await this.post(page, event, order.wait) };
  }

  async event(order: EventOrder): Promise<Act> {
    const { page, customer } = this.parties(order);
    const timestamp = order.timestamp ?? nextTimestamp(customer, this.settings.now());
    if (WINDOW_OPENERS.some((kind) => kind in order.event)) openWindow(customer, timestamp);
    const item = { ...from(page, customer), timestamp, ...order.event };
    return { timestamp, webhook: await this.post(page, { field: order.field, psid: customer.psid, item }, order.wait) };
  }

  async read(order: ReceiptOrder): Promise<Act> {
    const { page, customer } = this.parties(order);
    const timestamp = nextTimestamp(customer, this.settings.now());
    const read = { watermark: order.watermark ?? timestamp };
    const event = { field: 'message_reads', psid: customer.psid, item: { ...from(page, customer), timestamp, read } };
    return { timestamp, webhook: await this.post(page, event, order.wait) };
  }

  async deliver(order: ReceiptOrder): Promise<Act> {
    const { page, customer } = this.parties(order);
    const timestamp = nextTimestamp(customer, this.settings.now());
    const delivery = { ...withoutUndefined({ mids: order.mids }), watermark: order.watermark ?? timestamp };
    const event = { field: 'message_deliveries', psid: customer.psid, item: { ...from(page, customer), delivery } };
    return { timestamp, webhook: await this.post(page, event, order.wait) };
  }

  private parties(order: { page_id: string; psid: string }): Parties {
    const page = findPage(this.pages, order.page_id);
    return { page, customer: findCustomer(page, order.psid) };
  }

  private async post(page: Page, event: PageEvent, isAwaited: boolean): Promise<WebhookRecord | null> {
    const posted = this.events.post(page, event);
    return isAwaited ? posted : null;
  }
}

function from(page: Page, customer: Customer): JsonObject {
  return { sender: { id: customer.psid }, recipient: { id: page.id } };
}

function openWindow(customer: Customer, at: number): void {
  customer.lastWroteAt = Math.max(customer.lastWroteAt ?? 0, at);
}

function withoutUndefined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
