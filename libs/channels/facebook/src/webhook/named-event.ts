import { conversationId, storableJson, uuid5, type Event } from '#libs/messaging';
import { SOURCE } from '../source.js';
import { compact } from '../json.js';
import { occurredAt, type Reading } from './read-item.js';

type NamedOf<One extends Event> = One extends Event
  ? { readonly type: One['type']; readonly name: string; readonly payload: One['payload'] }
  : never;

/** JSON writes them in no other way; all of a payload's text comes from the item. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** What happened, and the name that gives it its id. */
export type NamedEvent = NamedOf<Event>;

export function stamp(reading: Reading, { type, name, payload }: NamedEvent): Event {
  const { channel, contact, item, receivedAt } = reading;
  const event = {
    id: uuid5(channel.channelId, `${type}\n${name}`),
    type,
    source: SOURCE,
    workspace_id: channel.workspaceId,
    channel_id: channel.channelId,
    conversation_id: contact === null ? null : conversationId(channel.channelId, contact),
    source_contact_id: contact,
    occurred_at: occurredAt(reading),
    received_at: receivedAt,
    payload: UNSTORABLE.test(item.raw) ? storableJson(compact(payload)) : compact(payload),
    raw: item.raw,
  };
  // The callers make events of a conversation only where there is a contact; fixtures and property tests hold it to the schema.
  return event as Event;
}
