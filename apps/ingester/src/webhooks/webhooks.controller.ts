import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  type Type,
} from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { RawBody, RequestOrigin, type OriginOfRequest } from '#libs/http';
import { AcceptWebhook } from './accept-webhook.js';
import { AnswerHandshake } from './answer-handshake.js';

/** The webhook URLs of one kind of channel: its own, one for each channel, and those it names itself. */
export function webhooksController(connector: ChannelConnector): Type {
  const shared = [`/webhooks/${connector.source}`, ...connector.webhook.extraPaths];

  @Controller()
  class WebhooksController {
    constructor(
      @Inject(AcceptWebhook) private readonly accept: AcceptWebhook,
      @Inject(AnswerHandshake) private readonly handshake: AnswerHandshake,
    ) {}

    @Get([...shared, `/webhooks/${connector.source}/:channel_id`])
    @Header('Content-Type', 'text/plain; charset=utf-8')
    verify(@Query() query: Record<string, unknown>, @Param('channel_id') channelId?: string): Promise<string> {
      return this.handshake.run(connector, query, channelId);
    }

    @Post([...shared, `/webhooks/${connector.source}/:channel_id`])
    @RawBody()
    @HttpCode(200)
    @Header('Content-Type', 'text/plain; charset=utf-8')
    async receive(
      @Body() rawBody: Buffer,
      @Headers() headers: Record<string, string | string[] | undefined>,
      @RequestOrigin() origin: OriginOfRequest,
      @Param('channel_id') channelId?: string,
    ): Promise<string> {
      await this.accept.run(connector, { rawBody, headers, origin, channelId });
      return connector.webhook.acknowledgement;
    }
  }

  return WebhooksController;
}
