import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import type { Page } from '../world/page.store.js';
import { RecordStore, type WebhookRecord } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { escapeUnicode } from './escape-unicode.js';
import { Lanes } from './lanes.js';
import { PostBody } from './post-body.js';

export interface PageEvent {
  /** The webhook field the page must be subscribed to. */
  readonly field: string;
  readonly psid: string;
  readonly mid?: string;
  readonly item: JsonObject;
}

/** "Immediately a few more times": https://developers.facebook.com/docs/messenger-platform/webhooks */
const REPEATS = 3;

/** Posts one event of a page to the app, in the order of its conversation. */
@Injectable()
export class PostEvent {
  constructor(
    private readonly lanes: Lanes,
    private readonly records: RecordStore,
    private readonly postBody: PostBody,
    private readonly settings: SettingsStore,
  ) {}

  async post(page: Page, event: PageEvent): Promise<WebhookRecord> {
    const { field, psid, mid = null } = event;
    const record = this.records.addWebhook({
      page_id: page.id,
      psid,
      field,
      mid,
      attempts: [],
      outcome: 'pending',
    });
    await this.lanes.run(`${page.id}:${psid}`, () => this.deliver(page, event.item, record));
    return record;
  }

  private async deliver(page: Page, item: JsonObject, record: WebhookRecord): Promise<void> {
    if (page.subscribedFields?.includes(record.field) !== true) {
      record.outcome = 'not_subscribed';
      return;
    }
    for (let tries = 0; tries <= REPEATS; tries += 1) {
      const url = this.settings.current.callback_url;
      if (url === null) {
        record.outcome = 'no_callback';
        return;
      }
      // A repeat carries its own entry.time, as Facebook's do: a body's hash does not tell repeats apart.
      const envelope = { object: 'page', entry: [{ id: page.id, time: this.settings.now(), messaging: [item] }] };
      const attempt = await this.postBody.post({ body: Buffer.from(escapeUnicode(envelope)), url });
      record.attempts.push(attempt);
      if (attempt.status === 200) {
        record.outcome = 'delivered';
        return;
      }
    }
    record.outcome = 'lost';
  }
}
