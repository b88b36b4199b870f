import { uuid5, type Event } from '#libs/messaging';
import { waitingKey, type Projection } from './projection.js';

type ConversationEvent = Event & { readonly conversation_id: string };

/** Nothing depends on arrival order: an effect whose message is not here yet waits for it, in the same transaction. */
export const awaiting = {
  source: (sourceMessageId: string): string => `mid:${sourceMessageId}`,
  message: (messageId: string): string => `message:${messageId}`,
  /** Until a send of this conversation has its result. */
  sends: (conversationId: string): string => `sends:${conversationId}`,
};

/** After these, echoes that waited for the end of a send are applied, if no other send is under way. */
export function settlesSends({ type }: Event): boolean {
  return type === 'message.echoed' || type.startsWith('send.');
}

export function parkEvent(projection: Projection, event: ConversationEvent, awaits: string): void {
  const key = waitingKey(event.channel_id, awaits);
  const rows = projection.waiting.get(key) ?? [];
  if (rows.some((row) => row.event_id === event.id)) return;
  const row = {
    channel_id: event.channel_id,
    awaits,
    event_id: event.id,
    workspace_id: event.workspace_id,
    conversation_id: event.conversation_id,
    event: JSON.stringify(event),
    created_at: projection.rules.now,
  };
  projection.waiting.set(key, [...rows, row]);
  projection.parked.set(`${key} ${event.id}`, row);
}

/** The events that waited, in the order of the source's clock and so the same whatever they were loaded with; they wait no longer. */
export function takeParked(projection: Projection, channelId: string, awaits: string): Event[] {
  const key = waitingKey(channelId, awaits);
  const rows = projection.waiting.get(key) ?? [];
  projection.waiting.delete(key);
  for (const row of rows) {
    const isNew = projection.parked.delete(`${key} ${row.event_id}`);
    if (!isNew) projection.unparked.push(row);
  }
  return rows.map((row) => JSON.parse(row.event) as Event).toSorted(bySourceTime);
}

/** One effect of an event that has several, under an id of its own. */
export function partId(event: Event, part: string): string {
  return uuid5(event.id, part);
}

function bySourceTime(a: Event, b: Event): number {
  if (a.occurred_at !== b.occurred_at) return a.occurred_at < b.occurred_at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
