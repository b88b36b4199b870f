import type { Content, EventName } from '#libs/messaging';
import { asText, compact, isObject } from '../json.js';
import { unsupported } from './read-attachment.js';

/** By the key that lies beside `sender`. */
const EVENT_NAMES: ReadonlyMap<string, EventName> = new Map([
  ['referral', 'referral'],
  ['optin', 'optin'],
  ['account_linking', 'account_link'],
  ['messaging_feedback', 'feedback'],
  ['messaging_customer_information', 'customer_information'],
  ['response_feedback', 'response_feedback'],
  ['order', 'order'],
  ['form', 'form'],
  ['game_play', 'game_play'],
  ['payment', 'payment'],
  ['pre_checkout', 'pre_checkout'],
  ['checkout_update', 'checkout_update'],
]);

/** What a contact did without writing: a tap, something of the `event` family, or a kind that nobody has heard of. */
export function readHappening(kind: string, data: unknown): Content {
  if (!isObject(data)) return unsupported(kind, data);
  if (kind === 'postback') {
    const [title, payload] = [asText(data['title']), asText(data['payload'])];
    return compact({ type: 'postback', text: title, postback: compact({ title, payload }) });
  }
  const name = isCouponReveal(kind, data) ? 'coupon_reveal' : EVENT_NAMES.get(kind);
  return name === undefined ? unsupported(kind, data) : { type: 'event', event: { name, data } };
}

/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/coupon */
function isCouponReveal(kind: string, data: Readonly<Record<string, unknown>>): boolean {
  return kind === 'template' && data['type'] === 'coupon';
}
