import { Inject, Injectable } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { noteVerification } from '#libs/conversations';
import { AppError } from '#libs/errors';
import { Platform } from '#libs/platform';
import { equalSecrets } from '#libs/security';
import { ChannelDirectory, type UrlChannel } from './channel-directory.js';

type Handshake = ReturnType<ChannelConnector['webhook']['readHandshake']>;

interface Looked {
  readonly channel: UrlChannel | undefined;
  readonly isOurs: boolean;
}

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
    const handshake = connector.webhook.readHandshake(query);
    let { channel, isOurs } = await this.look(connector, handshake, channelId);
    if (handshake !== null && !isOurs) {
      await this.directory.lookForNewApps();
      ({ channel, isOurs } = await this.look(connector, handshake, channelId));
    }
    if (channel !== undefined) await this.note(channel, isOurs ? null : refusalOf(handshake));
    if (handshake === null || !isOurs) throw new AppError('signature_invalid', refusalOf(handshake));
    return handshake.challenge;
  }

  private async look(
    connector: ChannelConnector,
    handshake: Handshake,
    channelId: string | undefined,
  ): Promise<Looked> {
    const channel = channelId === undefined ? undefined : await this.directory.ofUrl(connector, channelId);
    const apps = channel?.apps ?? (await this.directory.appsOf(connector));
    const isOurs =
      handshake !== null &&
      apps.some((app) => app.verifyToken !== '' && equalSecrets(app.verifyToken, handshake.token));
    return { channel, isOurs };
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
