import type { Failure } from '#libs/messaging';
import type { Fault } from './simulator.client.js';

type Ordered = Omit<Fault, 'recipient_id' | 'page_id'> & { readonly retry_after?: number; readonly delay_ms?: number };
type Outcome = Pick<Failure, 'code' | 'category' | 'retryable'>;

const contact = { code: 'graph_refused', category: 'contact', retryable: false } as const;
const request = { code: 'graph_refused', category: 'request', retryable: false } as const;
const page = { code: 'graph_refused', category: 'page', retryable: false } as const;
const windowClosed = { code: 'window_closed', category: 'policy', retryable: false } as const;
const notOurs = { code: 'thread_not_owned', category: 'policy', retryable: true } as const;
const permission = { code: 'permission_missing', category: 'auth', retryable: false } as const;

/**
 * Facebook's list: U is the contact's (or, of window and thread, policy), P the request's, A the permission's, S the page's.
 * https://developers.facebook.com/docs/messenger-platform/error-codes
 */
export const REFUSALS: readonly (readonly [means: string, code: number, subcode: number | null, Outcome])[] = [
  ['sent outside of the allowed window', 10, 2018278, windowClosed],
  ['outside the window, without the permission for news', 10, 2018065, windowClosed],
  ['the person is not available', 551, null, contact],
  ['the person blocked the page', 551, 1545041, contact],
  ['the person is not available, as a permission', 200, 1545041, contact],
  ['no matching user', 100, 2018001, contact],
  ['cannot receive messages right now', 10, 2018108, { ...contact, retryable: true }],
  ['the person stopped this topic', 10, 1893015, contact],
  ['another app controls the thread', 10, 2018300, notOurs],
  ['the same, as a code of its own', 2018300, null, notOurs],
  ['a lead form controls the thread', 10, 2018321, notOurs],
  ['blocked for policy', 368, null, page],
  ['bothersome use of tags', 613, 2018338, page],
  ['restricted for some days', 10, 1893063, { ...page, retryable: true }],
  ['a bad parameter', 100, null, request],
  ['the attachment is too large', 100, 2018109, request],
  ['the upload failed', 100, 2018047, request],
  ['the attachment’s id has expired', 100, 2018074, request],
  ['the url could not be fetched', 100, 2018008, { ...request, retryable: true }],
  ['permission denied', 10, null, permission],
  ['the app is not live', 200, 2018028, permission],
  ['pages_messaging is missing', 230, null, permission],
  ['a refusal of which nobody has heard', 777777, null, { ...request, category: 'unknown' }],
];

/** Nothing proves that the message was not sent: asked once, never repeated, unknown in the end. */
export const UNPROVEN: readonly (readonly [what: string, fault: Ordered, isTaken: boolean])[] = [
  ['takes it and never answers', { mode: 'accept_then_hang' }, true],
  ['takes it and answers 500', { mode: 'accept_then_500' }, true],
  ['takes it and answers half', { mode: 'half' }, true],
  ['takes it and answers garbage', { mode: 'garbage' }, true],
  ['never answers', { mode: 'hang' }, false],
  ['resets the connection', { mode: 'reset' }, false],
  ['answers 500', { mode: '500' }, false],
  ['has an unknown error (1)', { mode: 'refuse', code: 1 }, false],
  [
    'cannot read its own answer, “messages were sent” (1/1357046)',
    { mode: 'refuse', code: 1, subcode: 1357046 },
    false,
  ],
  ['has a service error (2)', { mode: 'refuse', code: 2 }, false],
  ['has a temporary send failure (1200)', { mode: 'refuse', code: 1200 }, false],
  ['refuses with status 503', { mode: 'refuse', code: 100, status: 503 }, false],
];

/** Provably not sent, and sent again by itself; the least time between the two calls. */
export const THROTTLES: readonly (readonly [what: string, fault: Ordered, leastMs: number])[] = [
  ['429', { mode: '429' }, 700],
  ['429 with Retry-After: 2', { mode: '429', retry_after: 2 }, 1_950],
  ['the limit of the app (4)', { mode: 'refuse', code: 4 }, 700],
  ['the limit of the page (32)', { mode: 'refuse', code: 32 }, 700],
  ['the limit of this API (613)', { mode: 'refuse', code: 613 }, 700],
  ['the business use case limit of Messenger (80006)', { mode: 'refuse', code: 80006 }, 700],
];

/** The token's trouble, not the message's. */
export const TOKEN_TROUBLES: readonly (readonly [what: string, fault: Ordered])[] = [
  ['190', { mode: '190' }],
  ['an expired session (190/463)', { mode: 'refuse', code: 190, subcode: 463 }],
  ['a session key (102)', { mode: 'refuse', code: 102 }],
];
