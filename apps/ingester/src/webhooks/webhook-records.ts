import { Inject, Injectable } from '@nestjs/common';
import type { ChannelConnector, WebhookItem } from '#libs/channels/kit';
import { eventRecord, unroutedRecord } from '#libs/conversations';
import type { NewRecord } from '#libs/event-log';
import { originHeaders, type Unrouted } from '#libs/messaging';
import { Platform, traceOf } from '#libs/platform';
import { ChannelActivity } from './channel-activity.js';
import { ChannelDirectory } from './channel-directory.js';
import type { VerifiedWebhook } from './verified-webhook.js';

/** What a signed body says, as records of the log. The same body makes the same ids, now or later. */
@Injectable()
export class WebhookRecords {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ChannelDirectory) private readonly directory: ChannelDirectory,
    @Inject(ChannelActivity) private readonly activity: ChannelActivity,
  ) {}

  /** Rejects when nobody can say whose a page is. */
  async of(webhook: VerifiedWebhook): Promise<readonly NewRecord[]> {
    const connector = this.platform.connectorOf(webhook.source);
    const { items, rejects } = connector.webhook.readBody(webhook.rawBody);
    const unrouted = rejects.map((reject) => unroutedOf(webhook, reject));
    const records = await Promise.all(items.map((item) => this.recordOf(connector, webhook, item)));
    const headers = originHeaders(webhook);
    return [...records, ...unrouted].map((record) => ({ ...record, headers: { ...record.headers, ...headers } }));
  }

  private async recordOf(connector: ChannelConnector, webhook: VerifiedWebhook, item: WebhookItem): Promise<NewRecord> {
    const channel = await this.directory.findByPage(connector, item.sourceChannelId);
    const { sourceChannelId, raw, lane, sentAt } = item;
    const reject = { sourceChannelId, raw, lane, sentAt };
    if (channel === null) return unroutedOf(webhook, { ...reject, reason: 'unknown_page' });
    // a right signature of another app proves nothing about this page
    if (channel.appId !== webhook.appId) return unroutedOf(webhook, { ...reject, reason: 'foreign_app' });
    this.activity.touch(channel, webhook.receivedAt);
    const event = connector.webhook.normalise(item, channel, webhook.receivedAt);
    const { logger } = this.platform;
    if (logger.isLevelEnabled('debug')) logger.debug(traceOf(event, webhook), 'event read');
    return eventRecord(event);
  }
}

interface Reject {
  readonly sourceChannelId: string | null;
  readonly reason: string;
  readonly raw: string;
  readonly lane?: string;
  readonly sentAt?: string | undefined;
}

function unroutedOf({ source, appId, receivedAt }: VerifiedWebhook, reject: Reject): NewRecord {
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
  return unroutedRecord(unrouted);
}
