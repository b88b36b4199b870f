import type { ConversationEntity, MessageEntity } from '#libs/database';
import type { MessageState } from '#libs/messaging';

const rank: Record<MessageState, number> = { pending: 0, unknown: 0, failed: 0, sent: 1, delivered: 2, read: 3 };

/**
 * The source says that it took, delivered or showed one of our messages. States only advance; a proof also ends `failed`
 * and `unknown`, which were conclusions of ours or answers that the proof overrules. Answers whether anything changed.
 */
export function proveState(row: MessageEntity, state: 'sent' | 'delivered' | 'read', at: Date): boolean {
  if (row.from_contact || rank[state] <= rank[row.state]) return false;
  row.state = state;
  row.failure = null;
  if (state !== 'sent') row.delivered_at ??= at;
  if (state === 'read') row.read_at ??= at;
  return true;
}

/** Watermarks are the source's clock, so only a message with a time by that clock compares with them. */
export function applyWatermarks(row: MessageEntity, conversation: ConversationEntity): boolean {
  if (row.from_contact || row.source_sent_at === null || rank[row.state] === 0) return false;
  const { read_watermark: readUpTo, delivered_watermark: deliveredUpTo } = conversation;
  const isDelivered =
    deliveredUpTo !== null && row.source_sent_at <= deliveredUpTo && proveState(row, 'delivered', deliveredUpTo);
  const isRead = readUpTo !== null && row.source_sent_at <= readUpTo && proveState(row, 'read', readUpTo);
  return isDelivered || isRead;
}
