import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { ownerOf } from '../world/customer.js';
import type { Page } from '../world/page.store.js';
import { RecordStore, type WebhookRecord } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { Outbox } from './outbox.js';
import { withoutPayload } from './parcel.js';

export interface PageEvent {
  /** The webhook field the page must be subscribed to. */
  readonly field: string;
  readonly psid: string;
  readonly mid?: string | undefined;
  readonly item: JsonObject;
}

/** All an app hears of a thread that another one controls: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/standby */
const STANDBY_FIELDS = ['messages', 'message_echoes', 'message_reads', 'message_deliveries', 'messaging_postbacks'];

/** Posts one event of a page to the app. */
@Injectable()
export class PostEvent {
  constructor(
    private readonly outbox: Outbox,
    private readonly records: RecordStore,
    private readonly settings: SettingsStore,
  ) {}

  async post(page: Page, event: PageEvent): Promise<WebhookRecord> {
    const { field, psid, mid = null, item } = event;
    const isForeign = this.isForeign(page, psid) && field !== 'messaging_handovers';
    const record = this.records.addWebhook({
      page_id: page.id,
      psid,
      field,
      channel: isForeign ? 'standby' : 'messaging',
      mid,
      attempts: [],
      outcome: 'pending',
    });
    if (isForeign && !STANDBY_FIELDS.includes(field)) record.outcome = 'not_owner';
    else await this.outbox.carry({ page, item: isForeign ? withoutPayload(item) : item, record });
    return record;
  }

  /** Another app controls the thread. */
  private isForeign(page: Page, psid: string): boolean {
    const customer = page.customers.get(psid);
    const owner = customer === undefined ? null : ownerOf(customer, this.settings.now());
    return owner !== null && owner.appId !== this.settings.appId;
  }
}
