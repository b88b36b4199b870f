import type { MessageEntity, MovedConversation } from '#libs/database';
import { announceNewMessage, conversationOf, sourceKey, type Projection } from './projection.js';

/** Puts a new message into its conversation; the conversation begins with its first one. */
export function addMessage(projection: Projection, row: MessageEntity): void {
  const conversation = conversationOf(projection, row.conversation_id);
  projection.messages.set(row.id, row);
  projection.newMessages.add(row.id);
  projection.changedConversations.add(conversation.id);
  if (conversation.created_at === null) {
    conversation.created_at = row.received_at;
    projection.newConversations.add(conversation.id);
  }
  conversation.version += 1;
  conversation.message_count += 1;
  if (row.counts_as_unread && isBehind(conversation.read_up_to_sent_at, conversation.read_up_to_id, row))
    conversation.unread_count += 1;
  if (isBehind(conversation.last_message_sent_at, conversation.last_message_id, row)) {
    conversation.last_message_id = row.id;
    conversation.last_message_sent_at = row.sent_at;
  }
  announceNewMessage(projection, row, conversation);
}

export function openWindow(conversation: MovedConversation, at: Date): void {
  if (conversation.window_opened_at === null || conversation.window_opened_at < at) conversation.window_opened_at = at;
}

/** Remembers under which id the source knows a message; `raw` is what the source sent, null when only its answer is here. */
export function addSource(
  projection: Projection,
  row: MessageEntity,
  source: { readonly sourceMessageId: string; readonly attempt: number; readonly raw: string | null },
): void {
  const key = sourceKey(row.channel_id, source.sourceMessageId);
  projection.sources.set(key, {
    channel_id: row.channel_id,
    source_message_id: source.sourceMessageId,
    workspace_id: row.workspace_id,
    message_id: row.id,
    attempt: source.attempt,
    raw: source.raw,
  });
  projection.changedSources.add(key);
}

/** Whether the row lies behind the mark in the order of lists: (sent_at, id). */
function isBehind(sentAt: Date | null, id: string | null, row: MessageEntity): boolean {
  if (sentAt === null || id === null) return true;
  if (row.sent_at.getTime() !== sentAt.getTime()) return row.sent_at > sentAt;
  return row.id > id;
}
