import { Controller, Get, Inject, Query, Req, Res, UseGuards } from '@nestjs/common';
import { AppError } from '#libs/errors';
import { EndlessAnswer, type HttpReply, type HttpRequest } from '#libs/http';
import { Platform } from '#libs/platform';
import { sseSink } from '#libs/streaming';
import { Scope } from '../auth/scope.js';
import { OpenStreams } from './open-streams.js';
import { readStreamRequest } from './read-stream-request.js';
import type { StreamGrant } from './stream-access.js';
import { Granted, StreamGuard } from './stream.guard.js';

/** `GET /stream`: updates of the key's workspace as server-sent events, resumed by `Last-Event-ID` or `?cursor=`. */
@Controller()
@UseGuards(StreamGuard)
export class StreamController {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
  ) {}

  @Get('stream')
  @EndlessAnswer()
  @Scope('stream.read')
  async stream(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @Query() query: Record<string, unknown>,
    @Granted() grant: StreamGrant,
  ): Promise<void> {
    const view = readStreamRequest(this.platform.cursors, grant, { headers: request.headers, query });
    reply.hijack();
    const sink = sseSink(reply.raw);
    const gone = new Promise<void>((resolve) => {
      reply.raw.once('close', resolve);
    });
    try {
      const end = await this.streams.open(grant, view, sink);
      await gone;
      end();
    } catch (error) {
      // the answer has begun or the client is gone: it comes again with its cursor
      this.platform.logger.warn({ err: error, request_id: request.id }, 'a stream could not be opened');
      reply.raw.destroy();
    }
  }

  /** What is an upgrade never comes here. */
  @Get('ws')
  @Scope('stream.read')
  notUpgraded(): never {
    throw new AppError(
      'invalid_request',
      'This is the door for WebSockets, and the request is no upgrade: a proxy in between must pass on Connection and Upgrade.',
    );
  }
}
