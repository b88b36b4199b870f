import { Controller, Get, Inject, Query, Req, Res, UseGuards } from '@nestjs/common';
import { AppError } from '#libs/errors';
import { EndlessAnswer, type HttpReply, type HttpRequest } from '#libs/http';
import { Platform } from '#libs/platform';
import { readStreamStart, sseSink, type StreamFilter, type StreamStart } from '#libs/streaming';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { KeyInUrlGuard } from '../auth/key-in-url.guard.js';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Scope } from '../auth/scope.js';
import { OpenStreams } from './open-streams.js';

/** `GET /stream`: updates of the key's workspace as server-sent events, resumed by `Last-Event-ID` or `?cursor=`. */
@Controller()
@UseGuards(KeyInUrlGuard, ApiKeyGuard)
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
    @Caller() caller: ApiCaller,
  ): Promise<void> {
    const start = this.startOf(caller.workspaceId, request.headers['last-event-id'], query['cursor']);
    const filter = filterOf(query);
    reply.hijack();
    const sink = sseSink(reply.raw);
    const gone = new Promise<void>((resolve) => {
      reply.raw.once('close', resolve);
    });
    try {
      const end = await this.streams.open(caller.workspaceId, { start, filter, sink });
      await gone;
      end();
    } catch (error) {
      // the answer has begun or the client is gone: it comes again with its cursor
      this.platform.logger.warn({ err: error, request_id: request.id }, 'a stream could not be opened');
      reply.raw.destroy();
    }
  }

  /** What a browser's EventSource knows from its last connection wins over what its URL says. */
  private startOf(workspaceId: string, lastEventId: string | string[] | undefined, cursor: unknown): StreamStart {
    const text = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : cursor;
    const start =
      text === undefined || typeof text === 'string' ? readStreamStart(this.platform.cursors, workspaceId, text) : null;
    if (start === null)
      throw new AppError('cursor_invalid', 'This cursor was not given by a stream of this workspace.');
    return start;
  }
}

function filterOf(query: Record<string, unknown>): StreamFilter {
  return {
    channelIds: setOf(query['channel_id']),
    conversationIds: setOf(query['conversation_id']),
    types: setOf(query['types']),
  };
}

/** Comma-separated, or the parameter repeated. */
function setOf(value: unknown): ReadonlySet<string> | undefined {
  const texts = [value].flat().filter((text): text is string => typeof text === 'string' && text !== '');
  return texts.length === 0 ? undefined : new Set(texts.flatMap((text) => text.split(',')));
}
