import type { MessageEntity, MovedConversation } from '#libs/database';
import type { EventOf } from '#libs/messaging';
import { addMessage, addSource, openWindow } from './add-message.js';
import { awaiting, parkEvent } from './park-event.js';
import { announceMessage, conversationOf, messageBySource, type Projection } from './projection.js';

const maxContactAgeMs = 7 * 86_400_000;

/** A contact's message. The first delivery counts: a redelivered one, whatever its envelope or timestamp, changes nothing. */
export function recordInbound(projection: Projection, event: EventOf<'message.received'>): MessageEntity | null {
  const { payload } = event;
  const mid = payload.source_message_id;
  const known =
    projection.messages.get(payload.message_id) ??
    (mid === undefined ? undefined : messageBySource(projection, event.channel_id, mid));
  if (known !== undefined) {
    resolveReply(projection, known, event);
    return null;
  }
  const row = newMessageRow(event, {
    from_contact: true,
    sender_type: 'contact',
    sender: { id: event.source_contact_id, name: null, avatar_url: null },
    state: 'delivered',
    counts_as_unread: payload.counts_as_unread,
  });
  row.reply_to = replyTo(projection, event);
  if (payload.opens_window) openWindow(conversationOf(projection, event.conversation_id), row.sent_at);
  addMessage(projection, row);
  askAgain(conversationOf(projection, event.conversation_id), row.received_at);
  if (mid !== undefined) addSource(projection, row, { sourceMessageId: mid, attempt: 0, raw: event.raw });
  return row;
}

/** Addresses of pictures age: who writes after a week is looked at again. */
function askAgain(conversation: MovedConversation, at: Date): void {
  const { contact_due_at, contact_fetched_at } = conversation;
  const isOld = contact_fetched_at !== null && at.getTime() - contact_fetched_at.getTime() > maxContactAgeMs;
  if (contact_due_at === null && isOld) conversation.contact_due_at = at;
}

type MessageEvent = EventOf<'message.received'> | EventOf<'message.echoed'>;

/** A message as the source tells it; `sent_at` is set here once and never changes. */
export function newMessageRow(
  event: MessageEvent,
  about: Pick<MessageEntity, 'from_contact' | 'sender_type' | 'sender' | 'state' | 'counts_as_unread'>,
): MessageEntity {
  const { payload } = event;
  const sentAt = new Date(event.occurred_at);
  return {
    id: payload.message_id,
    workspace_id: event.workspace_id,
    conversation_id: event.conversation_id,
    channel_id: event.channel_id,
    source: event.source,
    source_message_id: payload.source_message_id ?? null,
    version: 1,
    content: payload.content,
    reply_to: null,
    reactions: [],
    referral: payload.referral ?? null,
    attempt: 0,
    failure: null,
    sent_at: sentAt,
    source_sent_at: sentAt,
    received_at: new Date(event.received_at),
    delivered_at: null,
    read_at: null,
    edited_at: null,
    edit_number: 0,
    deleted_at: null,
    metadata: {},
    source_data: payload.source_data ?? null,
    outbound: null,
    ...about,
  };
}

/** The message replied to, by our id; one that is not here yet fills in when it comes. */
export function replyTo(projection: Projection, event: MessageEvent): MessageEntity['reply_to'] {
  const reply = event.payload.reply_to;
  if (reply === undefined) return null;
  const { source_message_id: mid, ...rest } = reply;
  const target = mid === undefined ? undefined : messageBySource(projection, event.channel_id, mid);
  if (mid !== undefined && target === undefined) parkEvent(projection, event, awaiting.source(mid));
  return { message_id: target?.id ?? null, ...(mid === undefined ? {} : { source_message_id: mid }), ...rest };
}

function resolveReply(projection: Projection, row: MessageEntity, event: MessageEvent): void {
  const mid = row.reply_to?.source_message_id;
  if (row.reply_to === null || mid === undefined || row.reply_to.message_id !== null) return;
  const target = messageBySource(projection, event.channel_id, mid);
  if (target === undefined) return;
  row.reply_to = { ...row.reply_to, message_id: target.id };
  announceMessage(projection, row);
}
