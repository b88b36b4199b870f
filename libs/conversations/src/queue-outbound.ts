import type { ChannelConnector, OutboundBody } from '#libs/channels/kit';
import {
  channelStore,
  conversationStore,
  messageStore,
  projectionStore,
  type ChannelEntity,
  type ConversationEntity,
  type MessageEntity,
  type Transaction,
} from '#libs/database';
import { AppError } from '#libs/errors';
import type { EventLog } from '#libs/event-log';
import {
  conversationId as conversationIdOf,
  storableJson,
  uuid7,
  type Content,
  type Message,
  type Origin,
  type OutboundContent,
  type SenderType,
} from '#libs/messaging';
import { addMessage } from './add-message.js';
import { expectConnected, expectSendable, orderSend } from './order-send.js';
import { emptyProjection, noteOrigin, type ProjectionRules } from './projection.js';
import { saveProjection } from './save-projection.js';
import { keepOrigin } from './send-result.js';
import { messageView } from './views.js';

export interface OutboundRequest {
  /** Wins over the other form. */
  readonly conversationId?: string | undefined;
  readonly channelId?: string | undefined;
  readonly sourceContactId?: string | undefined;
  readonly sender: {
    readonly type: Extract<SenderType, 'agent' | 'bot'>;
    readonly id: string;
    readonly name: string | null;
    readonly avatarUrl: string | null;
  };
  readonly replyToMessageId?: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What was said in our words: it is kept as it is, also what the source has no place for, as the name of a file. */
  readonly content?: OutboundContent | undefined;
  /** For whoever follows the message. */
  readonly origin?: Origin | undefined;
  /** The message in the source's own words, given the connector of the channel. */
  body(connector: ChannelConnector): OutboundBody;
}

export interface OutboundHouse {
  readonly log: EventLog;
  readonly rules: ProjectionRules;
  connectorOf(source: string): ChannelConnector;
}

/** Accepts a message from a person: row, announcement and command are one transaction, and so is whatever the caller adds. */
export async function queueOutbound(
  workspaceId: string,
  sql: Transaction,
  house: OutboundHouse,
  request: OutboundRequest,
): Promise<Message> {
  const { conversation, channel } = await lockTarget(workspaceId, sql, request);
  const connector = house.connectorOf(channel.source);
  const body = await withReply(sql, conversation, request.replyToMessageId, request.body(connector));
  expectSendable(connector, body, { conversation, now: house.rules.now });
  const projection = emptyProjection(house.rules);
  projection.channels.set(channel.id, channel);
  projection.conversations.set(conversation.id, conversation);
  const row = messageRow(request, {
    conversation,
    channel,
    body,
    now: house.rules.now,
    content: contentOf(request, connector, body),
    sourceData: connector.sending.sourceDataOf(body.message),
  });
  addMessage(projection, row);
  noteOrigin(projection, request.origin);
  await saveProjection(sql, house.log, projection);
  await orderSend(sql, house.log, row, channel);
  return messageView(row, conversation);
}

function contentOf({ content }: OutboundRequest, connector: ChannelConnector, body: OutboundBody): Content {
  return content === undefined ? connector.sending.contentOf(body.message) : (storableJson(content) as Content);
}

interface Target {
  readonly conversation: ConversationEntity;
  readonly channel: ChannelEntity;
}

async function lockTarget(workspaceId: string, sql: Transaction, request: OutboundRequest): Promise<Target> {
  const receiver = await findReceiver(workspaceId, sql, request);
  const channel = await channelStore.find(workspaceId, sql, receiver.channel_id);
  if (channel === null) throw new AppError('not_found', `There is no channel ${receiver.channel_id}.`);
  expectConnected(channel);
  const [conversation] = await projectionStore.lockConversations(sql, [{ ...receiver, workspace_id: workspaceId }]);
  if (conversation === undefined) throw new Error(`Conversation ${receiver.id} could not be locked.`);
  return { conversation, channel };
}

type Receiver = Pick<ConversationEntity, 'id' | 'channel_id' | 'source_contact_id'>;

async function findReceiver(workspaceId: string, sql: Transaction, request: OutboundRequest): Promise<Receiver> {
  const { conversationId, channelId, sourceContactId } = request;
  if (conversationId !== undefined) {
    const known = await conversationStore.find(workspaceId, sql, conversationId);
    if (known === null) throw new AppError('not_found', `There is no conversation ${conversationId}.`);
    return { id: known.id, channel_id: known.channel_id, source_contact_id: known.source_contact_id };
  }
  if (channelId === undefined || sourceContactId === undefined) {
    throw new AppError(
      'invalid_request',
      'Name the receiver by conversation_id, or by channel_id and source_recipient_id.',
    );
  }
  return {
    id: conversationIdOf(channelId, sourceContactId),
    channel_id: channelId,
    source_contact_id: sourceContactId,
  };
}

async function withReply(
  sql: Transaction,
  conversation: ConversationEntity,
  replyTo: string | undefined,
  body: OutboundBody,
): Promise<OutboundBody> {
  if (replyTo === undefined) return body;
  const target = await messageStore.find(conversation.workspace_id, sql, replyTo);
  if (target?.conversation_id !== conversation.id)
    throw new AppError('not_found', `There is no message ${replyTo} in this conversation.`);
  if (target.source_message_id === null) {
    throw new AppError('content_not_sendable', 'The message replied to is not yet known at the source.');
  }
  return { ...body, replyToSourceMessageId: target.source_message_id };
}

interface RowParts extends Target {
  readonly body: OutboundBody;
  readonly content: Content;
  readonly sourceData: Readonly<Record<string, unknown>> | null;
  readonly now: Date;
}

function messageRow(
  request: OutboundRequest,
  { conversation, channel, body, content, sourceData, now }: RowParts,
): MessageEntity {
  const { sender } = request;
  return {
    id: uuid7(now.getTime()),
    workspace_id: conversation.workspace_id,
    conversation_id: conversation.id,
    channel_id: channel.id,
    source: channel.source,
    source_message_id: null,
    version: 1,
    from_contact: false,
    sender_type: sender.type,
    sender: { id: sender.id, name: sender.name, avatar_url: sender.avatarUrl },
    content,
    reply_to:
      body.replyToSourceMessageId === undefined
        ? null
        : { message_id: request.replyToMessageId ?? null, source_message_id: body.replyToSourceMessageId },
    reactions: [],
    referral: null,
    state: 'pending',
    attempt: 1,
    failure: null,
    sent_at: notBeforeNewest(now, conversation),
    source_sent_at: null,
    received_at: now,
    delivered_at: null,
    read_at: null,
    edited_at: null,
    edit_number: 0,
    deleted_at: null,
    counts_as_unread: false,
    metadata: request.metadata,
    source_data: sourceData,
    outbound: keepOrigin(body, request.origin),
  };
}

/** Our clock and the source's differ: an answer never sorts before what it answers. */
function notBeforeNewest(now: Date, conversation: ConversationEntity): Date {
  const newest = conversation.last_message_sent_at?.getTime() ?? 0;
  return new Date(Math.max(now.getTime(), newest + 1));
}
