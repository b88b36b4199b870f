import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ControlController } from './control/control.controller.js';
import { StateController } from './control/state.controller.js';
import { Acts } from './customers/acts.js';
import { CustomersController } from './customers/customers.controller.js';
import { Callers } from './graph/callers.js';
import { DebugTokenController } from './graph/debug-token.controller.js';
import { ErrorFilter } from './graph/error.filter.js';
import { FaultStore } from './graph/fault.store.js';
import { MessagesController } from './graph/messages.controller.js';
import { NodesController } from './graph/nodes.controller.js';
import { OauthController } from './graph/oauth.controller.js';
import { SendRecorder } from './graph/send-recorder.js';
import { SubscriptionsController } from './graph/subscriptions.controller.js';
import { TakeMessage } from './graph/take-message.js';
import { TokenStore } from './graph/token.store.js';
import { LOGGER, type Logger } from './logger.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from './simulator.options.js';
import { Lanes } from './webhooks/lanes.js';
import { PostBody } from './webhooks/post-body.js';
import { PostEvent } from './webhooks/post-event.js';
import { RegisterCallback } from './webhooks/register-callback.js';
import { WebhookClient } from './webhooks/webhook.client.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { PageStore } from './world/page.store.js';
import { RecordStore } from './world/record.store.js';
import { SettingsStore } from './world/settings.store.js';

@Module({})
export class SimulatorModule {
  static register(options: SimulatorOptions, logger: Logger): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [
        // What customers and testers do.
        ControlController,
        StateController,
        CustomersController,
        WebhooksController,
        // The Graph API.
        OauthController,
        DebugTokenController,
        MessagesController,
        SubscriptionsController,
        NodesController,
      ],
      providers: [
        { provide: SIMULATOR_OPTIONS, useValue: options },
        { provide: LOGGER, useValue: logger },
        { provide: APP_FILTER, useClass: ErrorFilter },
        ...[SettingsStore, PageStore, RecordStore, TokenStore, FaultStore],
        ...[Callers, SendRecorder, TakeMessage, Acts],
        ...[WebhookClient, PostBody, PostEvent, Lanes, RegisterCallback],
      ],
    };
  }
}
