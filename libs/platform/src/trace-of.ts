import type { Event, Origin } from '#libs/messaging';
import { tagsOf } from '#libs/observability';

/** By what an event is found again in the lines of every process: ids, never what somebody wrote. */
export function traceOf(event: Event, origin: Origin): Readonly<Record<string, string | null | undefined>> {
  const { payload } = event;
  return {
    ...tagsOf(origin),
    event_id: event.id,
    event_type: event.type,
    message_id: 'message_id' in payload && typeof payload.message_id === 'string' ? payload.message_id : undefined,
    conversation_id: event.conversation_id,
    channel_id: event.channel_id,
  };
}
