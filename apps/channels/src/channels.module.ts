import { Module, type DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { ReferenceModule } from '#libs/http';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { Admission } from './auth/admission.js';
import { ApiKeys } from './auth/api-keys.js';
import { channelCallController } from './channel-calls/channel-calls.controller.js';
import { ChannelsController } from './channels/channels.controller.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { Idempotency } from './idempotency/idempotency.js';
import { MessagesController } from './messages/messages.controller.js';
import { MetadataController } from './metadata/metadata.controller.js';
import { OpenStreams } from './stream/open-streams.js';
import { SocketDoor } from './stream/socket-door.js';
import { StreamAccess } from './stream/stream-access.js';
import { StreamTicketController } from './stream/stream-ticket.controller.js';
import { StreamController } from './stream/stream.controller.js';
import { ChannelUpkeep } from './upkeep/channel-upkeep.js';
import { WorkspacesController } from './workspaces/workspaces.controller.js';

/** Takes orders from people and shows them what is there. */
@Module({})
export class ChannelsModule {
  static forRoot(platform: DynamicModule, connectors: readonly ChannelConnector[]): DynamicModule {
    const ownCalls = connectors.flatMap((connector) =>
      connector.calls.map((call) => channelCallController(connector, call)),
    );
    return {
      module: ChannelsModule,
      imports: [platform, ReferenceModule],
      controllers: [
        ApiKeysController,
        ChannelsController,
        ConversationsController,
        MessagesController,
        MetadataController,
        StreamController,
        StreamTicketController,
        WorkspacesController,
        ...ownCalls,
      ],
      providers: [Admission, ApiKeys, ChannelUpkeep, Idempotency, OpenStreams, SocketDoor, StreamAccess],
    };
  }
}
