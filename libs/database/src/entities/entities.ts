import { ApiKeyEntity } from './api-key.entity.js';
import { ChannelEntity } from './channel.entity.js';
import { ChannelActivityEntity } from './channel-activity.entity.js';
import { ConsumerLeaseEntity } from './consumer-lease.entity.js';
import { ConsumerMemberEntity } from './consumer-member.entity.js';
import { ConsumerPositionEntity } from './consumer-position.entity.js';
import { ConversationEntity } from './conversation.entity.js';
import { ConversationCountEntity } from './conversation-count.entity.js';
import { DatabaseStartEntity } from './database-start.entity.js';
import { DeadLetterEndEntity } from './dead-letter-end.entity.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import { InstallationEntity } from './installation.entity.js';
import { LogRecordEntity } from './log-record.entity.js';
import { MessageEntity } from './message.entity.js';
import { MessageSourceEntity } from './message-source.entity.js';
import { SendAttemptEntity } from './send-attempt.entity.js';
import { SendLaneEntity } from './send-lane.entity.js';
import { SourceAppEntity } from './source-app.entity.js';
import { WaitingEffectEntity } from './waiting-effect.entity.js';
import { WebhookGapEntity } from './webhook-gap.entity.js';
import { WorkspaceEntity } from './workspace.entity.js';

/** One of every table. Written out, not found by a pattern: the product is one bundle. */
export const entities = [
  InstallationEntity,
  WorkspaceEntity,
  ApiKeyEntity,
  IdempotencyKeyEntity,
  SourceAppEntity,
  ChannelEntity,
  ChannelActivityEntity,
  LogRecordEntity,
  ConsumerPositionEntity,
  ConsumerLeaseEntity,
  ConsumerMemberEntity,
  ConversationEntity,
  ConversationCountEntity,
  MessageEntity,
  MessageSourceEntity,
  WaitingEffectEntity,
  SendAttemptEntity,
  SendLaneEntity,
  DeadLetterEndEntity,
  DatabaseStartEntity,
  WebhookGapEntity,
] as const;
