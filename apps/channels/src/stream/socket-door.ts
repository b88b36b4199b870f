import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { upgradesOf, type Upgrade } from '#libs/http';
import { Platform } from '#libs/platform';
import { socketSink } from '#libs/streaming';
import { OpenStreams } from './open-streams.js';
import { readStreamRequest } from './read-stream-request.js';
import { shakeHands } from './shake-hands.js';
import { StreamAccess } from './stream-access.js';

/** RFC 6455 §7.4.1: an error of ours. */
const internalError = 1011;

/** `WS /ws`: the same updates as `GET /stream`, for whom a WebSocket is easier. */
@Injectable()
export class SocketDoor implements OnApplicationBootstrap {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(Platform) private readonly platform: Platform,
    @Inject(StreamAccess) private readonly access: StreamAccess,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
  ) {}

  onApplicationBootstrap(): void {
    upgradesOf(this.host).serve('/ws', (upgrade) => this.take(upgrade));
  }

  private async take(upgrade: Upgrade): Promise<void> {
    const { query } = upgrade;
    const { headers } = upgrade.request;
    const grant = await this.access.admit({ authorization: headers.authorization, query, head: upgrade });
    const view = readStreamRequest(this.platform.cursors, grant, { headers, query });
    const socket = await shakeHands(upgrade);
    const gone = new Promise<void>((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
    try {
      const end = await this.streams.open(grant, view, socketSink(socket, upgrade.connection));
      await gone;
      end();
    } catch (error) {
      this.platform.logger.warn({ err: error, request_id: upgrade.id }, 'a stream could not be opened');
      socket.close(internalError);
    }
  }
}
