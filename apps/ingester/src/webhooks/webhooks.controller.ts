import { Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req, type Type } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { originOf, RawBody, type HttpRequest } from '#libs/http';
import { AcceptWebhook } from './accept-webhook.js';
import { AnswerHandshake } from './answer-handshake.js';

type WebhookRequest = HttpRequest & {
  readonly body: Buffer;
  readonly params: { readonly channel_id?: string };
};

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
    // by the request alone: Nest runs the validation of calls over each parameter that it takes out of it (docs/performance.md)
    async receive(@Req() request: WebhookRequest): Promise<string> {
      const { body: rawBody, headers, params } = request;
      await this.accept.run(connector, { rawBody, headers, origin: originOf(request), channelId: params.channel_id });
      return connector.webhook.acknowledgement;
    }
  }

  return WebhooksController;
}
