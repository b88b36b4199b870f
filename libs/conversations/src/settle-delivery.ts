import type { MessageEntity } from '#libs/database';
import type { EventOf } from '#libs/messaging';
import { proveSent } from './merge-echo.js';
import { awaiting, parkEvent } from './park-event.js';
import { announceMessage, leaveFlight, type Projection } from './projection.js';

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
      return conclude(projection, row, event, ['pending', 'unknown']);
    case 'send.unknown':
      return conclude(projection, row, event, ['pending']);
  }
}

function accept(
  projection: Projection,
  row: MessageEntity,
  { payload, received_at }: EventOf<'send.accepted'>,
): MessageEntity | null {
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
  event: EventOf<'send.failed'> | EventOf<'send.unknown'>,
  from: readonly MessageEntity['state'][],
): null {
  if (event.payload.attempt !== row.attempt || !from.includes(row.state)) return null;
  row.state = event.type === 'send.failed' ? 'failed' : 'unknown';
  row.failure = event.payload.failure;
  leaveFlight(projection, row);
  announceMessage(projection, row);
  return null;
}
