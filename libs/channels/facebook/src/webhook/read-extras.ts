import type { EventOf, Referral } from '#libs/messaging';
import { asObject, asText, compact, idOf, isObject, type JsonObject } from '../json.js';
import { isCompanion } from './kinds.js';

type Payload = EventOf<'message.received'>['payload'];

const MESSAGE_EXTRAS = ['nlp', 'commands', 'tags'];

/** What Facebook says of a message beyond its content, in its own words. */
export function readSourceData(value: JsonObject, kind: string): JsonObject | undefined {
  const companions = Object.keys(value).filter((key) => isCompanion(key, kind));
  const message = kind === 'message' ? asObject(value[kind]) : {};
  const extras = MESSAGE_EXTRAS.filter((key) => message[key] !== undefined);
  if (companions.length === 0 && extras.length === 0) return undefined;
  return Object.fromEntries([
    ...companions.map((key) => [key, value[key]] as const),
    ...extras.map((key) => [key, message[key]] as const),
  ]);
}

export function readReplyTo(replyTo: unknown): Payload['reply_to'] {
  if (!isObject(replyTo)) return undefined;
  const { mid, story, is_self_reply: own } = replyTo;
  const read = compact({
    source_message_id: idOf(mid),
    story: isObject(story) ? compact({ id: idOf(story['id']), url: asText(story['url']) }) : undefined,
    own: typeof own === 'boolean' ? own : undefined,
  });
  return Object.keys(read).length === 0 ? undefined : read;
}

/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_referrals */
export function readReferral(referral: unknown): Referral | undefined {
  if (!isObject(referral)) return undefined;
  const guest = referral['is_guest_user'];
  const context = referral['ads_context_data'];
  const read = compact({
    ref: idOf(referral['ref']) ?? asText(referral['ref']),
    source: asText(referral['source']),
    type: asText(referral['type']),
    ad_id: idOf(referral['ad_id']),
    ads_context: isObject(context) ? context : undefined,
    product_id: idOf(asObject(referral['product'])['id']),
    referer_url: asText(referral['referer_uri']),
    guest: typeof guest === 'boolean' ? guest : undefined,
  });
  return Object.keys(read).length === 0 ? undefined : read;
}
