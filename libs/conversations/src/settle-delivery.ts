import type { MessageEntity } from '#libs/database';
import type { EventOf, Failure } from '#libs/messaging';
import { proveSent } from './merge-echo.js';
import { outcomeUnknown } from './outcome-unknown.js';
import { awaiting, parkEvent } from './park-event.js';
import { announceMessage, leaveFlight, sourceKey, type Projection } from './projection.js';

type Result = EventOf<'send.accepted'> | EventOf<'send.failed'> | EventOf<'send.unknown'>;

/**
 * What the sender found out. Proof by the source outranks Graph's answer, which outranks our own conclusion; a result moves a
 * message only if its attempt is the current one. Answers the row to which a source id was added.
 */
export function settleDelivery(projection: Projection, event: Result): MessageEntity | null {
  const row = projection.messages.get(event.payload.message_id);
  if (row === undefined) {
    parkEvent(projection, event, awaiting.message(event.payload.message_id));
    return null;
  }
  switch (event.type) {
    case 'send.accepted':
      return accept(projection, row, event);
    case 'send.failed':
      return conclude(projection, row, event.payload, 'failed');
    case 'send.unknown':
      return conclude(projection, row, event.payload, 'unknown');
  }
}

function accept(
  projection: Projection,
  row: MessageEntity,
  { payload, received_at }: EventOf<'send.accepted'>,
): MessageEntity | null {
  const owner = projection.sources.get(sourceKey(row.channel_id, payload.source_message_id))?.message_id ?? row.id;
  // that it was this one which the source took is then no more than a guess
  if (owner !== row.id)
    return conclude(projection, row, { attempt: payload.attempt, failure: outcomeUnknown }, 'unknown');
  return proveSent(projection, row, {
    mid: payload.source_message_id,
    attempt: payload.attempt,
    at: new Date(payload.source_sent_at),
    receivedAt: new Date(received_at),
    raw: null,
  });
}

function conclude(
  projection: Projection,
  row: MessageEntity,
  { attempt, failure }: { readonly attempt: number; readonly failure: Failure },
  state: 'failed' | 'unknown',
): null {
  const from: readonly MessageEntity['state'][] = state === 'failed' ? ['pending', 'unknown'] : ['pending'];
  if (attempt !== row.attempt || !from.includes(row.state)) return null;
  row.state = state;
  row.failure = failure;
  leaveFlight(projection, row);
  announceMessage(projection, row);
  return null;
}
