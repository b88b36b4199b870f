import type { MessageEntity } from '#libs/database';
import type { EventOf } from '#libs/messaging';
import { addDuplicate, isSecondDelivery } from './add-duplicate.js';
import { addMessage, addSource } from './add-message.js';
import { applyWatermarks, proveState } from './advance-state.js';
import { awaiting, parkEvent } from './park-event.js';
import { announceMessage, conversationOf, isInFlight, leaveFlight, sourceKey, type Projection } from './projection.js';
import { newMessageRow, replyTo } from './record-inbound.js';
import type { SourceProof } from './source-proof.js';

/**
 * What the page said, as the source echoes it: ours is merged into its row, before or after Graph's answer; what another app
 * or a person in the page's own inbox wrote becomes a message. Answers the row to which a source id was added.
 */
export function mergeEcho(projection: Projection, event: EventOf<'message.echoed'>): MessageEntity | null {
  const mid = event.payload.source_message_id;
  const known = knownMessage(projection, event, mid) ?? claimedMessage(projection, event);
  if (known !== null) {
    return mid === undefined
      ? null
      : proveSent(projection, known.row, {
          mid,
          attempt: known.attempt,
          at: new Date(event.occurred_at),
          receivedAt: new Date(event.received_at),
          raw: event.raw,
        });
  }
  if (isFromOurApp(projection, event) && isInFlight(projection, event.conversation_id)) {
    // Graph's answer, which names the mid, may be on its way: without waiting one message would become two
    parkEvent(projection, event, awaiting.sends(event.conversation_id));
    return null;
  }
  return addForeign(projection, event);
}

/** The source took this message under this id. Answers null when that says nothing new. */
export function proveSent(projection: Projection, row: MessageEntity, proof: SourceProof): MessageEntity | null {
  if (isNothingNew(projection, row, proof)) return null;
  if (row.attempt > 0) {
    const { workspace_id, conversation_id, id } = row;
    projection.settled.push({ workspace_id, conversation_id, message_id: id, attempt: proof.attempt });
  }
  if (isSecondDelivery(projection, row, proof)) return addDuplicate(projection, row, proof);
  addSource(projection, row, { sourceMessageId: proof.mid, attempt: proof.attempt, raw: proof.raw });
  if (row.from_contact) return null;
  const hasNewSource = noteProof(row, proof);
  const isSent = proveState(row, 'sent', proof.at);
  if (isSent) leaveFlight(projection, row);
  const isFurther = applyWatermarks(row, conversationOf(projection, row.conversation_id));
  if (hasNewSource || isSent || isFurther) announceMessage(projection, row);
  return row;
}

/** Known already, or the id belongs to another message. Only an echo adds something to Graph's answer. */
function isNothingNew(projection: Projection, row: MessageEntity, { mid, raw }: SourceProof): boolean {
  const source = projection.sources.get(sourceKey(row.channel_id, mid));
  return source !== undefined && (source.message_id !== row.id || source.raw !== null || raw === null);
}

/** An echo's time is exact and replaces the one guessed from Graph's answer. */
function noteProof(row: MessageEntity, { mid, at, raw }: SourceProof): boolean {
  const isEarlierTime = raw === null && row.source_sent_at !== null;
  const hasNewTime = !isEarlierTime && row.source_sent_at?.getTime() !== at.getTime();
  if (hasNewTime) row.source_sent_at = at;
  const hasNewId = row.source_message_id === null;
  row.source_message_id ??= mid;
  return hasNewTime || hasNewId;
}

interface KnownMessage {
  readonly row: MessageEntity;
  readonly attempt: number;
}

/** A tag can be copied: it counts only from our own app, on the same channel, to the same contact. */
function claimedMessage(projection: Projection, event: EventOf<'message.echoed'>): KnownMessage | null {
  const { claims } = event.payload;
  const row = claims === undefined ? undefined : projection.messages.get(claims.message_id);
  if (claims === undefined || row === undefined || row.from_contact || !isFromOurApp(projection, event)) return null;
  const isSameContact = row.channel_id === event.channel_id && row.conversation_id === event.conversation_id;
  return isSameContact ? { row, attempt: claims.attempt } : null;
}

/** By the source's id: whatever the tag says, that is the message which the source means. */
function knownMessage(
  projection: Projection,
  event: EventOf<'message.echoed'>,
  mid: string | undefined,
): KnownMessage | null {
  if (mid === undefined) {
    const row = projection.messages.get(event.payload.message_id);
    return row === undefined ? null : { row, attempt: row.attempt };
  }
  const source = projection.sources.get(sourceKey(event.channel_id, mid));
  const row = source === undefined ? undefined : projection.messages.get(source.message_id);
  return source === undefined || row === undefined ? null : { row, attempt: source.attempt };
}

function isFromOurApp(projection: Projection, event: EventOf<'message.echoed'>): boolean {
  return (
    event.payload.app_id !== undefined &&
    event.payload.app_id === projection.channels.get(event.channel_id)?.source_app_id
  );
}

function addForeign(projection: Projection, event: EventOf<'message.echoed'>): MessageEntity {
  const { payload } = event;
  const channel = projection.channels.get(event.channel_id);
  const row = newMessageRow(event, {
    from_contact: false,
    sender_type: payload.sender_type,
    sender: {
      id: payload.sender_type === 'app' ? (payload.app_id ?? '') : (channel?.source_channel_id ?? ''),
      name: payload.sender_type === 'page' ? (channel?.name ?? null) : null,
      avatar_url: null,
    },
    state: 'sent',
    counts_as_unread: false,
  });
  row.reply_to = replyTo(projection, event);
  applyWatermarks(row, conversationOf(projection, event.conversation_id));
  addMessage(projection, row);
  if (payload.source_message_id !== undefined) {
    addSource(projection, row, { sourceMessageId: payload.source_message_id, attempt: 0, raw: event.raw });
  }
  return row;
}
