import { Inject, Injectable } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { noteVerification } from '#libs/conversations';
import { AppError } from '#libs/errors';
import { Platform } from '#libs/platform';
import { equalSecrets } from '#libs/security';
import { ChannelDirectory, type UrlChannel } from './channel-directory.js';

/** The source asks whether a URL is ours before it sends there: the challenge comes back only for the right token. */
@Injectable()
export class AnswerHandshake {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ChannelDirectory) private readonly directory: ChannelDirectory,
  ) {}

  async run(
    connector: ChannelConnector,
    query: Readonly<Record<string, unknown>>,
    channelId: string | undefined,
  ): Promise<string> {
    const channel = channelId === undefined ? undefined : await this.directory.findByUrl(connector, channelId);
    if (channel === null) throw new AppError('not_found', 'There is no channel with the id in this URL.');
    const apps = channel?.apps ?? (await this.directory.appsOf(connector));
    const handshake = connector.webhook.readHandshake(query);
    const isOurs =
      handshake !== null &&
      apps.some((app) => app.verifyToken !== '' && equalSecrets(app.verifyToken, handshake.token));
    if (channel !== undefined) await this.note(channel, isOurs ? null : refusalOf(handshake));
    if (!isOurs) throw new AppError('signature_invalid', refusalOf(handshake));
    return handshake.challenge;
  }

  private async note({ workspaceId, channelId }: UrlChannel, reason: string | null): Promise<void> {
    const verification = {
      at: this.platform.now().toISOString(),
      ok: reason === null,
      ...(reason === null ? {} : { reason }),
    };
    await noteVerification(this.platform, workspaceId, channelId, verification);
  }
}

function refusalOf(handshake: object | null): string {
  return handshake === null ? 'This is no subscription handshake.' : 'The verify token is not the one configured here.';
}
