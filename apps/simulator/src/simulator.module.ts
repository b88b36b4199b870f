import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ControlController } from './control/control.controller.js';
import { StateController } from './control/state.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { PlayActs } from './customers/play-acts.js';
import { Callers } from './graph/callers.js';
import { Codes } from './graph/codes.js';
import { ConversationsController } from './graph/conversations.controller.js';
import { DebugTokenController } from './graph/debug-token.controller.js';
import { ErrorFilter } from './graph/error.filter.js';
import { FaultStore } from './graph/fault.store.js';
import { FollowUps } from './graph/follow-ups.js';
import { LoginDialogController } from './graph/login-dialog.controller.js';
import { MessagesController } from './graph/messages.controller.js';
import { MessengerProfileController } from './graph/messenger-profile.controller.js';
import { NodesController } from './graph/nodes.controller.js';
import { OauthController } from './graph/oauth.controller.js';
import { SendRecorder } from './graph/send-recorder.js';
import { SubscriptionsController } from './graph/subscriptions.controller.js';
import { TakeMessage } from './graph/take-message.js';
import { ThreadControlController } from './graph/thread-control.controller.js';
import { TokenStore } from './graph/token.store.js';
import { LOGGER, type Logger } from './logger.js';
import { ScriptStore } from './scripts/script.store.js';
import { ScriptsController } from './scripts/scripts.controller.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from './simulator.options.js';
import { DeliverParcels } from './webhooks/deliver-parcels.js';
import { Lanes } from './webhooks/lanes.js';
import { PageHealth } from './webhooks/page-health.js';
import { Outbox } from './webhooks/outbox.js';
import { PostBody } from './webhooks/post-body.js';
import { PostEvent } from './webhooks/post-event.js';
import { RegisterCallback } from './webhooks/register-callback.js';
import { WebhookClient } from './webhooks/webhook.client.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { Arrivals } from './world/arrivals.js';
import { Dice } from './world/dice.js';
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
        ScriptsController,
        WebhooksController,
        // The Graph API.
        LoginDialogController,
        OauthController,
        DebugTokenController,
        MessagesController,
        ConversationsController,
        SubscriptionsController,
        ThreadControlController,
        MessengerProfileController,
        NodesController,
      ],
      providers: [
        { provide: SIMULATOR_OPTIONS, useValue: options },
        { provide: LOGGER, useValue: logger },
        { provide: APP_FILTER, useClass: ErrorFilter },
        ...[SettingsStore, Dice, PageStore, RecordStore, Arrivals, TokenStore, FaultStore],
        ...[Callers, Codes, SendRecorder, FollowUps, TakeMessage, PlayActs, ScriptStore],
        ...[WebhookClient, PostBody, PageHealth, DeliverParcels, Lanes, Outbox, PostEvent, RegisterCallback],
      ],
    };
  }
}
