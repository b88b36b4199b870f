import { Module, type DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { AcceptWebhook } from './webhooks/accept-webhook.js';
import { AnswerHandshake } from './webhooks/answer-handshake.js';
import { ChannelActivity } from './webhooks/channel-activity.js';
import { ChannelDirectory } from './webhooks/channel-directory.js';
import { webhooksController } from './webhooks/webhooks.controller.js';

/** Takes what the source sends: a 200 means that it is durable. */
@Module({})
export class IngesterModule {
  static forRoot(platform: DynamicModule, connectors: readonly ChannelConnector[]): DynamicModule {
    return {
      module: IngesterModule,
      imports: [platform],
      controllers: connectors.map(webhooksController),
      providers: [AcceptWebhook, AnswerHandshake, ChannelActivity, ChannelDirectory],
    };
  }
}
