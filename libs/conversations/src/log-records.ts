import type { NewRecord } from '#libs/event-log';
import { recordHeaders, topics, type Event, type Origin, type Unrouted, type Update } from '#libs/messaging';

/** Records that belong to no workspace. */
export const installation = '00000000-0000-0000-0000-000000000000';

export function eventRecord(event: Event, origin?: Origin): NewRecord {
  return {
    topic: topics.events,
    key: event.conversation_id ?? event.channel_id,
    workspaceId: event.workspace_id,
    headers: recordHeaders(event.type, origin),
    value: JSON.stringify(event),
  };
}

export function updateRecord(update: Update, origin?: Origin): NewRecord {
  return {
    topic: topics.updates,
    key: 'conversation_id' in update ? update.conversation_id : update.channel_id,
    workspaceId: update.workspace_id,
    headers: { ...recordHeaders(update.type, origin), 'channel-id': update.channel_id },
    value: JSON.stringify(update),
  };
}

/** Of nobody yet: whoever connects the page reads it again. */
export function unroutedRecord(unrouted: Unrouted, origin?: Origin): NewRecord {
  return {
    topic: topics.unrouted,
    key: unrouted.source_channel_id ?? unrouted.source,
    workspaceId: installation,
    headers: { ...recordHeaders('unrouted', origin), reason: unrouted.reason },
    value: JSON.stringify(unrouted),
  };
}
