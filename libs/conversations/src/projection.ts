import type {
  ChannelEntity,
  ConversationEntity,
  MessageEntity,
  MessageSourceEntity,
  MovedConversation,
  WaitingEffectEntity,
} from '#libs/database';
import { uuid5, type Conversation, type Event, type Origin, type Update, type Window } from '#libs/messaging';
import { channelView, conversationView, messageView } from './views.js';

/** What decides without a database: the clock, the windows of each source, the URL that channels show. */
export interface ProjectionRules {
  readonly now: Date;
  readonly publicUrl: string;
  /** Which request brought an event, for the records that come of it. */
  originOf?(event: Event): Origin | undefined;
  window(source: string, openedAt: Date | null, now: Date): Window;
  partitionOf(key: string): number;
}

/** Events that could not be written to their channel any more. */
export interface UnroutedEvent {
  readonly event: Event;
  readonly reason: string;
}

export interface SettledAttempt {
  readonly workspace_id: string;
  readonly conversation_id: string;
  readonly message_id: string;
  readonly attempt: number;
}

/**
 * The rows that a batch works on, in memory. Events change them one by one in the order of the log, whatever the cut into
 * batches; `updates` collects one announcement for each visible change; what is dirty is saved by sets afterwards.
 */
export interface Projection {
  readonly rules: ProjectionRules;
  readonly channels: Map<string, ChannelEntity>;
  /** Events may set of them what `moveConversations` saves. */
  readonly conversations: Map<string, MovedConversation>;
  readonly messages: Map<string, MessageEntity>;
  /** By `sourceKey`. */
  readonly sources: Map<string, MessageSourceEntity>;
  /** By `waitingKey`. */
  readonly waiting: Map<string, WaitingEffectEntity[]>;
  /** Messages whose send has no result here yet, by conversation. */
  readonly inFlight: Map<string, Set<string>>;

  readonly newMessages: Set<string>;
  readonly changedMessages: Set<string>;
  readonly changedConversations: Set<string>;
  readonly newConversations: Set<string>;
  readonly changedSources: Set<string>;
  readonly parked: Map<string, WaitingEffectEntity>;
  readonly unparked: WaitingEffectEntity[];
  readonly settled: SettledAttempt[];
  readonly unrouted: UnroutedEvent[];
  readonly updates: Update[];
  /** Which request an update comes of, where known. */
  readonly origins: Map<Update, Origin>;
}

export function emptyProjection(rules: ProjectionRules): Projection {
  return {
    rules,
    channels: new Map(),
    conversations: new Map(),
    messages: new Map(),
    sources: new Map(),
    waiting: new Map(),
    inFlight: new Map(),
    newMessages: new Set(),
    changedMessages: new Set(),
    changedConversations: new Set(),
    newConversations: new Set(),
    changedSources: new Set(),
    parked: new Map(),
    unparked: [],
    settled: [],
    unrouted: [],
    updates: [],
    origins: new Map(),
  };
}

export function sourceKey(channelId: string, sourceMessageId: string): string {
  return `${channelId} ${sourceMessageId}`;
}

export function waitingKey(channelId: string, awaits: string): string {
  return `${channelId} ${awaits}`;
}

export function conversationOf(projection: Projection, id: string): MovedConversation {
  const row = projection.conversations.get(id);
  if (row === undefined) throw new Error(`Conversation ${id} was not loaded with its events.`);
  return row;
}

export function messageBySource(
  projection: Projection,
  channelId: string,
  sourceMessageId: string,
): MessageEntity | undefined {
  const source = projection.sources.get(sourceKey(channelId, sourceMessageId));
  return source === undefined ? undefined : projection.messages.get(source.message_id);
}

export function isInFlight(projection: Projection, conversationId: string): boolean {
  return (projection.inFlight.get(conversationId)?.size ?? 0) > 0;
}

/** What became of its send is known: it is pending no more. */
export function leaveFlight(projection: Projection, row: MessageEntity): void {
  projection.inFlight.get(row.conversation_id)?.delete(row.id);
}

/** One visible change of a message: the version rises by one and everybody hears of it once. */
export function announceMessage(projection: Projection, row: MessageEntity): void {
  const conversation = conversationOf(projection, row.conversation_id);
  row.version += 1;
  if (!projection.newMessages.has(row.id)) projection.changedMessages.add(row.id);
  // the conversation's JSON holds its last message, so of two copies the newer one must be known by its version
  if (conversation.last_message_id === row.id) {
    conversation.version += 1;
    projection.changedConversations.add(conversation.id);
  }
  projection.updates.push({
    ...envelope(projection, row, uuid5(row.id, `message.updated\n${String(row.version)}`)),
    type: 'message.updated',
    conversation_id: row.conversation_id,
    payload: {
      conversation_id: row.conversation_id,
      channel_id: row.channel_id,
      message: messageView(row, conversation),
    },
  });
}

export function announceNewMessage(projection: Projection, row: MessageEntity, conversation: ConversationEntity): void {
  if (projection.newConversations.has(conversation.id) && conversation.message_count === 1)
    announceNewConversation(projection, conversation);
  projection.updates.push({
    ...envelope(projection, row, uuid5(row.id, 'message.created')),
    type: 'message.created',
    conversation_id: row.conversation_id,
    payload: {
      conversation_id: row.conversation_id,
      channel_id: row.channel_id,
      message: messageView(row, conversation),
      unread_count: conversation.unread_count,
      window: windowOf(projection, conversation, row.source),
    },
  });
}

function announceNewConversation(projection: Projection, conversation: ConversationEntity): void {
  projection.updates.push({
    ...envelope(projection, conversation, uuid5(conversation.id, 'conversation.created')),
    type: 'conversation.created',
    conversation_id: conversation.id,
    payload: showConversation(projection, conversation),
  });
}

/** One visible change of a conversation other than its messages. */
export function announceConversation(projection: Projection, conversation: ConversationEntity): void {
  conversation.version += 1;
  projection.changedConversations.add(conversation.id);
  projection.updates.push({
    ...envelope(
      projection,
      conversation,
      uuid5(conversation.id, `conversation.updated\n${String(conversation.version)}`),
    ),
    type: 'conversation.updated',
    conversation_id: conversation.id,
    payload: showConversation(projection, conversation),
  });
}

function showConversation(projection: Projection, conversation: ConversationEntity): Conversation {
  const channel = projection.channels.get(conversation.channel_id);
  const lastMessage = projection.messages.get(conversation.last_message_id ?? '');
  if (channel === undefined || lastMessage === undefined)
    throw new Error(`Conversation ${conversation.id} was announced without its channel or message.`);
  return conversationView(conversation, {
    channel: channelView(channel, { publicUrl: projection.rules.publicUrl }),
    lastMessage: messageView(lastMessage, conversation),
    window: windowOf(projection, conversation, channel.source),
  });
}

function windowOf(projection: Projection, conversation: ConversationEntity, source: string): Window {
  return projection.rules.window(source, conversation.window_opened_at, projection.rules.now);
}

function envelope(
  projection: Projection,
  row: { readonly workspace_id: string; readonly channel_id: string },
  id: string,
): Pick<Update, 'id' | 'timestamp' | 'workspace_id' | 'channel_id'> {
  return {
    id,
    timestamp: projection.rules.now.toISOString(),
    workspace_id: row.workspace_id,
    channel_id: row.channel_id,
  };
}

/** The updates from `from` on come of this request. */
export function noteOrigin(projection: Projection, origin: Origin | undefined, from = 0): void {
  if (origin === undefined) return;
  for (const update of projection.updates.slice(from)) projection.origins.set(update, origin);
}
