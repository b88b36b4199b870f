import { asText, isObject } from '../json.js';

/**
 * The kinds that become a message, by the key beside `sender`, and whether they open the window.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages#standard-messaging-window
 */
const MESSAGE_KINDS: ReadonlyMap<string, (data: unknown) => boolean> = new Map([
  ['message', always],
  ['postback', always],
  // Only the plugins' opt-ins have no type; asking for marketing messages opens no window.
  ['optin', (data: unknown) => isObject(data) && asText(data['type']) === undefined],
  ['referral', always],
  ['order', always],
  ['template', always],
  ['form', always],
  ['account_linking', never],
  ['messaging_feedback', never],
  ['messaging_customer_information', never],
  ['response_feedback', never],
  ['game_play', never],
  ['payment', never],
  ['pre_checkout', never],
  ['checkout_update', never],
]);

/** A kind that nobody has heard of opens nothing: Facebook's page does not say that it does. */
export function opensWindow(kind: string, data: unknown): boolean {
  return MESSAGE_KINDS.get(kind)?.(data) ?? false;
}

function always(): boolean {
  return true;
}

function never(): boolean {
  return false;
}

/** The change of a message that is there. */
export const CHANGE_KINDS: ReadonlySet<string> = new Set(['message_edit', 'delivery', 'read', 'reaction']);

export const THREAD_KINDS: ReadonlySet<string> = new Set([
  'pass_thread_control',
  'take_thread_control',
  'request_thread_control',
  'app_roles',
]);

/** Facebook's page writes an underscore, old documents and clients a hyphen. */
export const POLICY_KINDS: ReadonlySet<string> = new Set(['policy_enforcement', 'policy-enforcement']);

const KNOWN_KINDS = [...MESSAGE_KINDS.keys(), ...CHANGE_KINDS, ...THREAD_KINDS, ...POLICY_KINDS];
const ENVELOPE = new Set(['sender', 'recipient', 'timestamp']);
/** They accompany a kind and are none. */
const COMPANIONS = new Set(['hop_context', 'prior_message', 'lead']);

/** Facebook names no event: its kind is the key that lies beside `sender`. */
export function kindOf(keys: readonly string[]): string | null {
  const beside = keys.filter((key) => !ENVELOPE.has(key));
  const known = KNOWN_KINDS.find((kind) => beside.includes(kind));
  return known ?? beside.find((key) => !COMPANIONS.has(key)) ?? beside[0] ?? null;
}

export function isCompanion(key: string, kind: string): boolean {
  return key !== kind && !ENVELOPE.has(key);
}
