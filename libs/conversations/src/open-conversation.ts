import {
  channelStore,
  conversationStore,
  messageStore,
  type ChannelEntity,
  type ConversationEntity,
  type Transaction,
} from '#libs/database';
import { AppError } from '#libs/errors';
import type { EventLog } from '#libs/event-log';
import { emptyProjection, type Projection, type ProjectionRules } from './projection.js';

export interface ChangeHouse {
  readonly log: EventLog;
  readonly rules: ProjectionRules;
}

export interface OpenConversation {
  readonly projection: Projection;
  readonly conversation: ConversationEntity;
  readonly channel: ChannelEntity;
}

/** Locks a conversation for a change by a person: the projector waits, and what is announced is what was changed. */
export async function openConversation(
  workspaceId: string,
  sql: Transaction,
  rules: ProjectionRules,
  id: string,
): Promise<OpenConversation> {
  const conversation = await conversationStore.lock(workspaceId, sql, id);
  if (conversation === null) throw new AppError('not_found', `There is no conversation ${id}.`);
  const channel = await channelStore.find(workspaceId, sql, conversation.channel_id);
  const last = await messageStore.find(workspaceId, sql, conversation.last_message_id ?? '');
  if (channel === null || last === null) throw new Error(`Conversation ${id} names a channel or message that is gone.`);
  const projection = emptyProjection(rules);
  projection.channels.set(channel.id, channel);
  projection.conversations.set(conversation.id, conversation);
  projection.messages.set(last.id, last);
  return { projection, conversation, channel };
}
