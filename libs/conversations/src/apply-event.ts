import type { MessageEntity } from '#libs/database';
import type { Event } from '#libs/messaging';
import { applyChange } from './apply-change.js';
import { applyReceipt } from './apply-receipt.js';
import { mergeEcho } from './merge-echo.js';
import { awaiting, settlesSends, takeParked } from './park-event.js';
import { isInFlight, type Projection } from './projection.js';
import { recordInbound } from './record-inbound.js';
import { settleDelivery } from './settle-delivery.js';

/** One event of the log, applied to the rows in memory, and then whatever waited for it. */
export function applyEvent(projection: Projection, event: Event): void {
  const reason = unroutedReason(projection, event);
  if (reason !== null) {
    projection.unrouted.push({ event, reason });
    return;
  }
  const named = applyKind(projection, event);
  if (named !== null) applyParked(projection, named, event);
  if (settlesSends(event) && event.conversation_id !== null && !isInFlight(projection, event.conversation_id)) {
    for (const parked of takeParked(projection, event.channel_id, awaiting.sends(event.conversation_id)))
      applyEvent(projection, parked);
  }
}

/** The ingester's routing is a hint: here it is checked again, in the transaction. */
function unroutedReason(projection: Projection, event: Event): string | null {
  // results are ours: they belong to their message whatever became of the channel
  if (event.raw === null) return null;
  const channel = projection.channels.get(event.channel_id);
  if (channel?.workspace_id !== event.workspace_id) return 'unknown_channel';
  const isOpen = channel.state === 'connecting' || channel.state === 'connected';
  return isOpen ? null : 'channel_disconnected';
}

function applyKind(projection: Projection, event: Event): MessageEntity | null {
  switch (event.type) {
    case 'message.received':
      return recordInbound(projection, event);
    case 'message.echoed':
      return mergeEcho(projection, event);
    case 'message.delivered':
    case 'message.read':
      applyReceipt(projection, event);
      return null;
    case 'message.edited':
    case 'message.deleted':
    case 'message.reacted':
      applyChange(projection, event);
      return null;
    case 'send.accepted':
    case 'send.failed':
    case 'send.unknown':
      return settleDelivery(projection, event);
    case 'thread.changed':
    case 'channel.policy':
    case 'page.changed':
    case 'unknown':
      // kept on the log for whoever reads it; nothing in a conversation changes
      return null;
  }
}

/** Whatever waited for this message, by our id or by the source's. */
function applyParked(projection: Projection, row: MessageEntity, event: Event): void {
  const mid = 'source_message_id' in event.payload ? event.payload.source_message_id : undefined;
  const parked = [
    ...takeParked(projection, row.channel_id, awaiting.message(row.id)),
    ...(typeof mid === 'string' ? takeParked(projection, row.channel_id, awaiting.source(mid)) : []),
  ];
  for (const waited of parked) applyEvent(projection, waited);
}
