import type { ChannelRef, WebhookItem } from '#libs/channels/kit';
import type { Event } from '#libs/messaging';
import { asObject, isObject } from '../json.js';
import { nameWithoutMid } from './event-name.js';
import { CHANGE_KINDS, POLICY_KINDS, THREAD_KINDS } from './kinds.js';
import { stamp, type NamedEvent } from './named-event.js';
import { readChange } from './read-change.js';
import { readItem, type Reading } from './read-item.js';
import { readMessage } from './read-message.js';

/** One webhook item as a canonical event. Never throws: what can't be read is kept as `unknown`. */
export function normalise(item: WebhookItem, channel: ChannelRef, receivedAt: string): Event {
  switch (item.lane) {
    case 'messaging':
    case 'standby': {
      const reading = readItem(item, channel, receivedAt);
      return stamp(reading, nameEvent(reading));
    }
    case 'changes':
    case 'changed_fields': {
      const reading = readPageChange(item, channel, receivedAt);
      return stamp(reading, keep('page.changed', reading, { field: reading.kind, value: reading.data }));
    }
    default: {
      const reading = readPageItem(item, channel, receivedAt, item.lane);
      return stamp(reading, keepUnknown(reading));
    }
  }
}

function nameEvent(reading: Reading): NamedEvent {
  const { kind, contact, data } = reading;
  if (kind === null) return keepUnknown(reading);
  if (POLICY_KINDS.has(kind)) return keep('channel.policy', reading, { kind: 'policy_enforcement', data });
  if (THREAD_KINDS.has(kind)) return keep('thread.changed', reading, { kind, data });
  if (contact === null) return keepUnknown(reading);
  const read = CHANGE_KINDS.has(kind) ? readChange(reading) : readMessage({ ...reading, kind });
  return read ?? keepUnknown(reading);
}

function keepUnknown(reading: Reading): NamedEvent {
  return keep('unknown', reading, { lane: reading.item.lane, kind: reading.kind, data: reading.data });
}

type Kept = 'thread.changed' | 'channel.policy' | 'page.changed' | 'unknown';

function keep(type: Kept, reading: Reading, payload: Record<string, unknown>): NamedEvent {
  return { type, name: nameWithoutMid(reading), payload };
}

/** https://developers.facebook.com/docs/graph-api/webhooks/reference/page */
function readPageChange(item: WebhookItem, channel: ChannelRef, receivedAt: string): Reading {
  const change = asObject(item.value);
  const field = isObject(item.value) ? change['field'] : item.value;
  const reading = readPageItem(item, channel, receivedAt, typeof field === 'string' ? field : null);
  return { ...reading, data: change['value'] ?? null };
}

/** What belongs to nobody. */
function readPageItem(item: WebhookItem, channel: ChannelRef, receivedAt: string, kind: string | null): Reading {
  const nobody = { contact: null, isFromPage: false, sourceTime: undefined };
  return { item, channel, receivedAt, value: {}, kind, data: item.value, ...nobody };
}
