import type { MessageEntity } from '#libs/database';
import type { EventOf } from '#libs/messaging';
import { proveState } from './advance-state.js';
import { awaiting, parkEvent, partId } from './park-event.js';
import { announceMessage, conversationOf, messageBySource, type Projection } from './projection.js';

type Receipt = EventOf<'message.delivered'> | EventOf<'message.read'>;

/** Delivered or read: by message id where the source names some, and everything up to the watermark. */
export function applyReceipt(projection: Projection, event: Receipt): void {
  for (const mid of event.payload.source_message_ids) applyToSource(projection, event, mid);
  if (event.payload.watermark !== undefined) applyWatermark(projection, event, new Date(event.payload.watermark));
}

function applyToSource(projection: Projection, event: Receipt, mid: string): void {
  const row = messageBySource(projection, event.channel_id, mid);
  if (row === undefined) {
    const part: Receipt = { ...event, id: partId(event, mid), payload: { source_message_ids: [mid] } };
    parkEvent(projection, part, awaiting.source(mid));
    return;
  }
  if (proveState(row, stateOf(event), new Date(event.occurred_at))) announceMessage(projection, row);
}

function applyWatermark(projection: Projection, event: Receipt, watermark: Date): void {
  const conversation = conversationOf(projection, event.conversation_id);
  const column = stateOf(event) === 'read' ? 'read_watermark' : 'delivered_watermark';
  const largest = conversation[column];
  if (largest !== null && largest >= watermark) return;
  conversation[column] = watermark;
  projection.changedConversations.add(conversation.id);
  for (const row of inOrder(projection, conversation.id)) {
    const isCovered = row.source_sent_at !== null && row.source_sent_at <= watermark;
    const isWithSource = row.state === 'sent' || row.state === 'delivered';
    if (isCovered && isWithSource && proveState(row, stateOf(event), new Date(event.occurred_at)))
      announceMessage(projection, row);
  }
}

function stateOf(event: Receipt): 'delivered' | 'read' {
  return event.type === 'message.read' ? 'read' : 'delivered';
}

/** In the order of the conversation, so that announcements do not depend on how the rows were loaded. */
function inOrder(projection: Projection, conversationId: string): MessageEntity[] {
  return [...projection.messages.values()]
    .filter((row) => row.conversation_id === conversationId && !row.from_contact)
    .toSorted((a, b) => a.sent_at.getTime() - b.sent_at.getTime() || (a.id < b.id ? -1 : 1));
}
