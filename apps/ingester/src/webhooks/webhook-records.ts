import { Inject, Injectable } from '@nestjs/common';
import type { ChannelRef, WebhookBody, WebhookItem } from '#libs/channels/kit';
import { eventRecord, unroutedRecord } from '#libs/conversations';
import type { NewRecord } from '#libs/event-log';
import type { Unrouted } from '#libs/messaging';
import { Platform, traceOf } from '#libs/platform';
import { ChannelActivity } from './channel-activity.js';
import { ChannelDirectory } from './channel-directory.js';
import type { VerifiedWebhook } from './verified-webhook.js';

/** Of a page; null: nobody's. */
type Owner = ChannelRef | null | undefined;

/** What a signed body says, as records of the log. The same body makes the same ids, now or later. */
@Injectable()
export class WebhookRecords {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ChannelDirectory) private readonly directory: ChannelDirectory,
    @Inject(ChannelActivity) private readonly activity: ChannelActivity,
  ) {}

  /** A promise only where somebody has to be asked whose a page is: what is waited for costs more. Rejects when nobody can say. */
  of(webhook: VerifiedWebhook): readonly NewRecord[] | Promise<readonly NewRecord[]> {
    const connector = this.platform.connectorOf(webhook.source);
    const body = connector.webhook.readBody(webhook.rawBody);
    const owners = body.items.map(({ sourceChannelId: page }) => this.directory.knownByPage(connector, page));
    if (!owners.includes(undefined)) return this.recordsOf(webhook, body, owners);
    const found = body.items.map(({ sourceChannelId: page }) => this.directory.findByPage(connector, page));
    return Promise.all(found).then((all) => this.recordsOf(webhook, body, all));
  }

  private recordsOf(webhook: VerifiedWebhook, { items, rejects }: WebhookBody, owners: readonly Owner[]): NewRecord[] {
    const records = items.map((item, index) => this.recordOf(webhook, item, owners[index] ?? null));
    for (const reject of rejects) records.push(unroutedOf(webhook, reject));
    return records;
  }

  private recordOf(webhook: VerifiedWebhook, item: WebhookItem, channel: ChannelRef | null): NewRecord {
    if (channel === null) return unroutedOf(webhook, rejectOf(item, 'unknown_page'));
    // a right signature of another app proves nothing about this page
    if (channel.appId !== webhook.appId) return unroutedOf(webhook, rejectOf(item, 'foreign_app'));
    this.activity.touch(channel, webhook.receivedAt);
    const { logger } = this.platform;
    const event = this.platform.connectorOf(webhook.source).webhook.normalise(item, channel, webhook.receivedAt);
    if (logger.isLevelEnabled('debug')) logger.debug(traceOf(event, webhook), 'event read');
    return eventRecord(event, webhook);
  }
}

interface Reject {
  readonly sourceChannelId: string | null;
  readonly reason: string;
  readonly raw: string;
  readonly lane?: string;
  readonly sentAt?: string | undefined;
}

function rejectOf({ sourceChannelId, raw, lane, sentAt }: WebhookItem, reason: string): Reject {
  return { sourceChannelId, raw, lane, sentAt, reason };
}

function unroutedOf(webhook: VerifiedWebhook, reject: Reject): NewRecord {
  const { source, appId, receivedAt } = webhook;
  const unrouted: Unrouted = {
    source,
    source_channel_id: reject.sourceChannelId,
    source_app_id: appId,
    reason: reject.reason,
    received_at: receivedAt,
    raw: reject.raw,
    ...(reject.lane === undefined ? {} : { lane: reject.lane }),
    ...(reject.sentAt === undefined ? {} : { sent_at: reject.sentAt }),
  };
  return unroutedRecord(unrouted, webhook);
}
