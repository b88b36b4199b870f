import { asText, isObject } from '../json.js';

interface MessageKind {
  /** Whether a person is waiting for somebody to look. */
  readonly countsAsUnread: boolean;
  /** https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages#standard-messaging-window */
  readonly opensWindow: (data: unknown) => boolean;
}

const always = (): boolean => true;
const never = (): boolean => false;

const WRITTEN: MessageKind = { countsAsUnread: true, opensWindow: always };
const TAPPED: MessageKind = { countsAsUnread: false, opensWindow: always };
const NOTICE: MessageKind = { countsAsUnread: false, opensWindow: never };
/** Stored and shown; Facebook's page does not say that it opens anything. */
const UNHEARD_OF: MessageKind = { countsAsUnread: true, opensWindow: never };

/** The kinds that become a message, by the key beside `sender`. */
const MESSAGE_KINDS: ReadonlyMap<string, MessageKind> = new Map([
  ['message', WRITTEN],
  ['postback', WRITTEN],
  // Only the plugins' opt-ins have no type; asking for marketing messages opens no window.
  ['optin', { countsAsUnread: false, opensWindow: (data) => isObject(data) && asText(data['type']) === undefined }],
  ['referral', TAPPED],
  ['order', TAPPED],
  ['template', TAPPED],
  ['form', TAPPED],
  ['account_linking', NOTICE],
  ['messaging_feedback', NOTICE],
  ['messaging_customer_information', NOTICE],
  ['response_feedback', NOTICE],
  ['game_play', NOTICE],
  ['payment', NOTICE],
  ['pre_checkout', NOTICE],
  ['checkout_update', NOTICE],
]);

export function messageKindOf(kind: string): MessageKind {
  return MESSAGE_KINDS.get(kind) ?? UNHEARD_OF;
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
