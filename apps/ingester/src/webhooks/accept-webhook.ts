import { Inject, Injectable } from '@nestjs/common';
import type { ChannelConnector, SourceApp } from '#libs/channels/kit';
import { AppError } from '#libs/errors';
import type { OriginOfRequest } from '#libs/http';
import { Platform } from '#libs/platform';
import { ChannelDirectory } from './channel-directory.js';
import { WebhookGaps } from './webhook-gaps.js';
import { WebhookLine } from './webhook-line.js';

export interface IncomingWebhook {
  readonly rawBody: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly origin: OriginOfRequest;
  /** From the URL: chooses the app whose secrets are tried, never the receiver. */
  readonly channelId?: string | undefined;
}

interface Candidates {
  readonly apps: readonly SourceApp[];
  /** Nobody could be asked for others. */
  readonly areAll: boolean;
}

/** A signed body is made durable: resolved means that it is. */
@Injectable()
export class AcceptWebhook {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ChannelDirectory) private readonly directory: ChannelDirectory,
    @Inject(WebhookLine) private readonly line: WebhookLine,
    @Inject(WebhookGaps) private readonly gaps: WebhookGaps,
  ) {}

  async run(connector: ChannelConnector, incoming: IncomingWebhook): Promise<void> {
    const { metrics } = this.platform;
    try {
      const signer = this.signer(connector, incoming);
      const { appId } = signer instanceof Promise ? await signer : signer;
      const receivedAt = this.platform.now().toISOString();
      const { origin, rawBody } = incoming;
      metrics.webhook(await this.line.take({ source: connector.source, appId, receivedAt, rawBody, ...origin }));
    } catch (error) {
      metrics.webhook(error instanceof AppError ? error.code : 'failed');
      throw error;
    }
  }

  /** Nearly always one of those that are known: nobody is asked, and nothing is waited for. */
  private signer(connector: ChannelConnector, incoming: IncomingWebhook): SourceApp | Promise<SourceApp> {
    const known = this.directory.knownApps(connector, incoming.channelId);
    if (known === undefined) return this.askedSigner(connector, incoming);
    return findSigner(connector, incoming, known) ?? this.lateSigner(connector, incoming);
  }

  private async askedSigner(connector: ChannelConnector, incoming: IncomingWebhook): Promise<SourceApp> {
    const { apps } = await this.candidates(connector, incoming.channelId);
    return findSigner(connector, incoming, apps) ?? this.lateSigner(connector, incoming);
  }

  private async lateSigner(connector: ChannelConnector, incoming: IncomingWebhook): Promise<SourceApp> {
    await this.directory.lookForNewApps();
    const all = await this.candidates(connector, incoming.channelId);
    const late = findSigner(connector, incoming, all.apps);
    if (late !== undefined) return late;
    if (!all.areAll) {
      this.gaps.note(connector.source, [null]);
      throw new AppError('unavailable', 'Who may sign here cannot be looked up just now: send it again.', {
        retryAfterSeconds: 1,
      });
    }
    throw new AppError(
      'signature_invalid',
      'The signature is missing or fits no app that is known here. Nothing was stored.',
    );
  }

  /** While the database is away: of the apps that are known whoever fits. The page decides in the end. */
  private async candidates(connector: ChannelConnector, channelId: string | undefined): Promise<Candidates> {
    try {
      return { apps: await this.appsAt(connector, channelId), areAll: true };
    } catch (error) {
      if (error instanceof AppError) throw error;
      const own = connector.ownApp === null ? [] : [connector.ownApp];
      return { apps: await this.directory.appsOf(connector).catch(() => own), areAll: false };
    }
  }

  private async appsAt(connector: ChannelConnector, channelId: string | undefined): Promise<readonly SourceApp[]> {
    if (channelId === undefined) return this.directory.appsOf(connector);
    return (await this.directory.ofUrl(connector, channelId)).apps;
  }
}

function findSigner(
  connector: ChannelConnector,
  { rawBody, headers }: IncomingWebhook,
  apps: readonly SourceApp[],
): SourceApp | undefined {
  return apps.find((app) => app.secrets.some((secret) => connector.webhook.isAuthentic(rawBody, headers, secret)));
}
