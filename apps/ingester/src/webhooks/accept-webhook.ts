import { Inject, Injectable } from '@nestjs/common';
import type { ChannelConnector, SourceApp, WebhookItem } from '#libs/channels/kit';
import { eventRecord, unroutedRecord } from '#libs/conversations';
import { AppError } from '#libs/errors';
import type { NewRecord } from '#libs/event-log';
import type { Unrouted } from '#libs/messaging';
import { Platform, traceOf } from '#libs/platform';
import { ChannelActivity } from './channel-activity.js';
import { ChannelDirectory } from './channel-directory.js';

export interface IncomingWebhook {
  readonly rawBody: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly requestId: string;
  /** From the URL: chooses the app whose secrets are tried, never the receiver. */
  readonly channelId?: string | undefined;
}

/** A signed body becomes records of the log: resolved means durable. */
@Injectable()
export class AcceptWebhook {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ChannelDirectory) private readonly directory: ChannelDirectory,
    @Inject(ChannelActivity) private readonly activity: ChannelActivity,
  ) {}

  async run(connector: ChannelConnector, incoming: IncomingWebhook): Promise<void> {
    const { metrics } = this.platform;
    try {
      await this.take(connector, incoming);
      metrics.webhook('accepted');
    } catch (error) {
      metrics.webhook(error instanceof AppError ? error.code : 'failed');
      throw error;
    }
  }

  private async take(connector: ChannelConnector, incoming: IncomingWebhook): Promise<void> {
    const app = await this.signer(connector, incoming);
    const receivedAt = this.platform.now().toISOString();
    const { items, rejects } = connector.webhook.readBody(incoming.rawBody);
    const unrouted = rejects.map((reject) => unroutedOf(connector, app, { ...reject, receivedAt }));
    const records = await Promise.all(
      items.map((item) => this.recordOf(connector, app, item, { receivedAt, requestId: incoming.requestId })),
    );
    const all = [...records, ...unrouted.map((one) => unroutedRecord(one))];
    if (all.length === 0) return;
    const headers = { 'request-id': incoming.requestId };
    await this.append(all.map((record) => ({ ...record, headers: { ...record.headers, ...headers } })));
  }

  private async recordOf(
    connector: ChannelConnector,
    app: SourceApp,
    item: WebhookItem,
    { receivedAt, requestId }: { readonly receivedAt: string; readonly requestId: string },
  ): Promise<NewRecord> {
    const channel = await this.directory.findByPage(connector, item.sourceChannelId);
    const { sourceChannelId, raw, lane, sentAt } = item;
    const reject = { sourceChannelId, raw, lane, sentAt, receivedAt };
    if (channel === null) return unroutedRecord(unroutedOf(connector, app, { ...reject, reason: 'unknown_page' }));
    // a right signature of another app proves nothing about this page
    if (channel.appId !== app.appId)
      return unroutedRecord(unroutedOf(connector, app, { ...reject, reason: 'foreign_app' }));
    this.activity.touch(channel, receivedAt);
    const event = connector.webhook.normalise(item, channel, receivedAt);
    const { logger } = this.platform;
    if (logger.isLevelEnabled('debug')) logger.debug(traceOf(event, requestId), 'event read');
    return eventRecord(event);
  }

  private async append(records: readonly NewRecord[]): Promise<void> {
    try {
      await this.platform.log.append(records);
    } catch (error) {
      throw new AppError('unavailable', 'The events could not be made durable in time: send them again.', {
        retryAfterSeconds: 1,
        cause: error,
      });
    }
  }

  private async signer(connector: ChannelConnector, incoming: IncomingWebhook): Promise<SourceApp> {
    const signer = await this.findSigner(connector, incoming);
    if (signer !== undefined) return signer;
    await this.directory.lookForNewApps();
    const late = await this.findSigner(connector, incoming);
    if (late !== undefined) return late;
    throw new AppError(
      'signature_invalid',
      'The signature is missing or fits no app that is known here. Nothing was stored.',
    );
  }

  private async findSigner(
    connector: ChannelConnector,
    { rawBody, headers, channelId }: IncomingWebhook,
  ): Promise<SourceApp | undefined> {
    const apps = await this.candidates(connector, channelId);
    return apps.find((app) => app.secrets.some((secret) => connector.webhook.isAuthentic(rawBody, headers, secret)));
  }

  private async candidates(connector: ChannelConnector, channelId: string | undefined): Promise<readonly SourceApp[]> {
    if (channelId === undefined) return this.directory.appsOf(connector);
    const channel = await this.directory.findByUrl(connector, channelId);
    if (channel === null) throw new AppError('not_found', 'There is no channel with the id in this URL.');
    return channel.apps;
  }
}

interface Reject {
  readonly sourceChannelId: string | null;
  readonly reason: string;
  readonly raw: string;
  readonly lane?: string;
  readonly sentAt?: string | undefined;
  readonly receivedAt: string;
}

function unroutedOf(connector: ChannelConnector, app: SourceApp, reject: Reject): Unrouted {
  return {
    source: connector.source,
    source_channel_id: reject.sourceChannelId,
    source_app_id: app.appId,
    reason: reject.reason,
    received_at: reject.receivedAt,
    raw: reject.raw,
    ...(reject.lane === undefined ? {} : { lane: reject.lane }),
    ...(reject.sentAt === undefined ? {} : { sent_at: reject.sentAt }),
  };
}
