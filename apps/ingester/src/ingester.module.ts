import { Module, type DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { Platform } from '#libs/platform';
import { AcceptWebhook } from './webhooks/accept-webhook.js';
import { AnswerHandshake } from './webhooks/answer-handshake.js';
import { ChannelActivity } from './webhooks/channel-activity.js';
import { ChannelDirectory } from './webhooks/channel-directory.js';
import { GapNotes } from './webhooks/gap-notes.js';
import { openSpool, SPOOL, type SpoolOptions } from './webhooks/open-spool.js';
import { SpoolDrain } from './webhooks/spool-drain.js';
import { SpoolReadiness } from './webhooks/spool-readiness.js';
import { WebhookGaps } from './webhooks/webhook-gaps.js';
import { WebhookLine } from './webhooks/webhook-line.js';
import { WebhookRecords } from './webhooks/webhook-records.js';
import { webhooksController } from './webhooks/webhooks.controller.js';

/** Takes what the source sends: a 200 means that it is durable. */
@Module({})
export class IngesterModule {
  static forRoot(platform: DynamicModule, connectors: readonly ChannelConnector[], spool: SpoolOptions): DynamicModule {
    return {
      module: IngesterModule,
      imports: [platform],
      controllers: connectors.map(webhooksController),
      providers: [
        {
          provide: SPOOL,
          inject: [Platform],
          useFactory: ({ logger }: Platform) => openSpool(spool, logger),
        },
        {
          provide: GapNotes,
          inject: [Platform],
          useFactory: ({ logger }: Platform) => new GapNotes(`${spool.directory}.gaps`, logger),
        },
        AcceptWebhook,
        AnswerHandshake,
        ChannelActivity,
        ChannelDirectory,
        SpoolDrain,
        SpoolReadiness,
        WebhookGaps,
        WebhookLine,
        WebhookRecords,
      ],
    };
  }
}
