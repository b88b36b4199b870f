import type { WebhookItem } from '#libs/channels/kit';
import type { Unrouted } from '#libs/messaging';
import { asObject, compact } from '../json.js';
import { parsePrecisely } from './parse-precisely.js';

/** What was rejected before it was cut into items has neither a lane nor an event. */
export function readUnrouted(unrouted: Unrouted): WebhookItem | null {
  const { source_channel_id: sourceChannelId, raw, lane, sent_at: sentAt, event_id: eventId } = unrouted;
  if (sourceChannelId === null || (lane === undefined && eventId === undefined)) return null;
  try {
    const value = parsePrecisely(raw);
    return compact({ sourceChannelId, raw, value, lane: lane ?? laneOf(value), sentAt });
  } catch {
    return null;
  }
}

/** An event of a channel that was gone does not tell its lane. Its form does: https://developers.facebook.com/docs/graph-api/webhooks/reference/page */
function laneOf(value: unknown): string {
  return typeof asObject(value)['field'] === 'string' ? 'changes' : 'messaging';
}
