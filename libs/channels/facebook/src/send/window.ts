import type { OutboundBody } from '#libs/channels/kit';
import type { Window } from '#libs/messaging';
import { messagingTypeOf } from './messaging-type.js';

const HOUR_MS = 3_600_000;
const STANDARD_MS = 24 * HOUR_MS;
const HUMAN_AGENT_MS = 7 * 24 * HOUR_MS;
/** Tags that are known to be bound to the seven days; of others only Facebook knows. */
const WEEK_TAGS = new Set(['HUMAN_AGENT', 'CUSTOMER_FEEDBACK']);

/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages#standard-messaging-window */
export function windowAt(openedAt: Date | null, now: Date): Window {
  // Utility templates are not bound to a window.
  if (openedAt === null) return { closes_at: null, human_agent_until: null, allowed: ['UTILITY'] };
  const closesAt = new Date(openedAt.getTime() + STANDARD_MS);
  const humanAgentUntil = new Date(openedAt.getTime() + HUMAN_AGENT_MS);
  return {
    closes_at: closesAt.toISOString(),
    human_agent_until: humanAgentUntil.toISOString(),
    allowed: [
      ...(now <= closesAt ? (['RESPONSE', 'UPDATE'] as const) : []),
      ...(now <= humanAgentUntil ? (['HUMAN_AGENT'] as const) : []),
      'UTILITY',
    ],
  };
}

/** The end of the window that this message needs. Null: a utility template, or a tag whose rule only Facebook knows. */
export function sendableUntil(body: OutboundBody, openedAt: Date): Date | null {
  if (body.tag !== undefined) return WEEK_TAGS.has(body.tag) ? new Date(openedAt.getTime() + HUMAN_AGENT_MS) : null;
  return messagingTypeOf(body) === 'UTILITY' ? null : new Date(openedAt.getTime() + STANDARD_MS);
}
