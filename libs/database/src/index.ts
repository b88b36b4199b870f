export { binaryArray } from './binary-array.js';
export { openDataSource, type DatabaseOptions } from './data-source.js';
export { DATABASE, DatabaseModule } from './database.module.js';
export type { Database, LastStatement, Queryable, Transaction } from './database.js';
export { declareRestored } from './history/declare-restored.js';
export { fileWitness } from './history/file-witness.js';
export type { Witness } from './history/history.js';
export { historyStore, type DoubtedMessage } from './stores/history.store.js';
export { checkSchema, migrate, type SchemaCheck } from './migrate.js';
export { findEmbeddedPostgres } from './embedded/find-embedded-postgres.js';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/start-embedded-postgres.js';
export { acquireOwnerLock, type OwnerLock } from './embedded/owner-lock.js';
export { openPgDatabase, sqlState } from './pg-database.js';
export { untilDatabaseAnswers } from './until-database-answers.js';

export type { ApiKeyEntity } from './entities/api-key.entity.js';
export type { ChannelEntity } from './entities/channel.entity.js';
export type { ConversationEntity } from './entities/conversation.entity.js';
export type { MessageSourceEntity } from './entities/message-source.entity.js';
export type { MessageEntity, StoredReaction } from './entities/message.entity.js';
export type { SendAttemptEntity } from './entities/send-attempt.entity.js';
export type { SendLaneEntity } from './entities/send-lane.entity.js';
export type { SourceAppEntity } from './entities/source-app.entity.js';
export type { WaitingEffectEntity } from './entities/waiting-effect.entity.js';
export type { WorkspaceEntity } from './entities/workspace.entity.js';

export { apiKeyStore, type NewApiKey } from './stores/api-key.store.js';
export {
  channelConnectionStore,
  type ChannelMoment,
  type ConnectingPage,
  type Connection,
} from './stores/channel-connection.store.js';
export type { ChannelHealth, ChannelRow } from './stores/channel-rows.js';
export { channelUpkeepStore, type DueChannel } from './stores/channel-upkeep.store.js';
export { channelStore, type ChannelChanges, type ChannelFilter, type ChannelTouch } from './stores/channel.store.js';
export {
  idempotencyStore,
  type ClaimOutcome,
  type IdempotencyClaim,
  type IdempotencyRequest,
  type StoredAnswer,
} from './stores/idempotency.store.js';
export { sourceAppStore, type NewSourceApp, type PutSourceApp } from './stores/source-app.store.js';
export { workspaceStore } from './stores/workspace.store.js';
export { contactStore, type DueContact } from './stores/contact.store.js';
export { conversationStore, type ListPage, type ListPosition } from './stores/conversation.store.js';
export { doubtStore } from './stores/doubt.store.js';
export { messageStore } from './stores/message.store.js';
export { housekeepingStore } from './stores/housekeeping.store.js';
export { webhookGapStore, type NewWebhookGap } from './stores/webhook-gap.store.js';
export { operatorStore, type ChannelGauge, type HealthCount, type OpenSends } from './stores/operator.store.js';
export { loadNamedRows } from './stores/named-rows.js';
export { type MovedConversation } from './stores/projection-sets.js';
export { projectionStore, type RowKey, type SourceKey, type WaitingKey } from './stores/projection.store.js';
export { sendStore, unknownAfterSeconds, type LaneKey, type OpenAttempt } from './stores/send.store.js';
