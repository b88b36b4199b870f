import type { Failure } from '#libs/messaging';

/** One way in which Facebook says no, and what follows from it. */
export interface Verdict {
  readonly outcome: 'not_sent' | 'refused' | 'reauth' | 'unknown';
  /** Registered in libs/errors. */
  readonly code:
    | 'rate_limited'
    | 'token_invalid'
    | 'permission_missing'
    | 'window_closed'
    | 'thread_not_owned'
    | 'graph_refused'
    | 'graph_unavailable';
  readonly category: Failure['category'];
  readonly retryable: boolean;
  readonly remedy: string;
}

interface Row extends Verdict {
  /** `code` or `code/subcode`. */
  readonly matches: readonly string[];
}

export const THROTTLED: Verdict = {
  outcome: 'not_sent',
  code: 'rate_limited',
  category: 'temporary',
  retryable: true,
  remedy: 'Facebook limits the rate of sends; it is sent again when the limit allows.',
};

export const OWN_FAULT: Verdict = {
  outcome: 'unknown',
  code: 'graph_unavailable',
  category: 'unknown',
  retryable: false,
  remedy: 'Facebook reports an error of its own. The message may have been sent: look before sending it again.',
};

export const UNLISTED: Verdict = {
  outcome: 'refused',
  code: 'graph_refused',
  category: 'unknown',
  retryable: false,
  remedy: 'Facebook refused the message.',
};

/**
 * Codes: https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes (2026-06-25).
 * Only the first two rows are ever repeated by themselves: they are listed refusals. Facebook answers 1, 2 and 1200 also
 * for messages that were delivered.
 */
const ROWS: readonly Row[] = [
  { matches: ['4', '4/2018022', '17', '32', '613', '613/1996', '80006'], ...THROTTLED },
  {
    matches: ['190', '102', '2500'],
    outcome: 'reauth',
    code: 'token_invalid',
    category: 'auth',
    retryable: true,
    remedy: 'Facebook no longer accepts the token of the page. Connect the page again.',
  },
  { matches: ['1', '1/99', '1/1357046', '2', '1200', '1545012'], ...OWN_FAULT },
  {
    matches: ['10/2018278', '10/2018065', '10/2534022'],
    outcome: 'refused',
    code: 'window_closed',
    category: 'policy',
    retryable: false,
    remedy:
      'The messaging window is closed. Wait until the contact writes, or send what is allowed outside the window.',
  },
  {
    matches: ['10/2018300', '10/2018321'],
    outcome: 'refused',
    code: 'thread_not_owned',
    category: 'policy',
    retryable: true,
    remedy: 'Another app or a lead form controls the thread. Request or take thread control, then send again.',
  },
  {
    matches: ['3', '10', '200', '200/2018021', '200/2018027', '200/2018028', '210', '230', '2/2018344', '10/2534077'],
    outcome: 'refused',
    code: 'permission_missing',
    category: 'auth',
    retryable: false,
    remedy: 'The app or the page lacks a permission (usually pages_messaging, or the app is not live).',
  },
  {
    matches: ['551', '551/1545041', '200/1545041', '100/2018001', '10/2018336', '10/1893015', '613/1893016'],
    outcome: 'refused',
    code: 'graph_refused',
    category: 'contact',
    retryable: false,
    remedy: 'This person cannot be reached by this page.',
  },
  {
    matches: ['10/2018108', '4/2018354', '9/2018352'],
    outcome: 'refused',
    code: 'graph_refused',
    category: 'contact',
    retryable: true,
    remedy: 'This person cannot receive this message right now. Send it again later.',
  },
  {
    matches: ['368', '10/1404170', '10/1893063', '613/2018338', '2022'],
    outcome: 'refused',
    code: 'graph_refused',
    category: 'page',
    retryable: false,
    remedy: 'Facebook restricts this page. Stop sending and look into the page’s support inbox.',
  },
  {
    matches: ['341', '80001', '80002', '80008'],
    outcome: 'refused',
    code: 'rate_limited',
    category: 'temporary',
    retryable: true,
    remedy: 'A limit of the app or the page is reached. Send it again later.',
  },
  {
    matches: ['100/2018008', '100/2018294'],
    outcome: 'refused',
    code: 'graph_refused',
    category: 'request',
    retryable: true,
    remedy: 'Facebook could not fetch or read the attachment. Check that its URL is public, then send again.',
  },
  {
    matches: ['100/2018047', '100/2018074', '100/2018109'],
    outcome: 'refused',
    code: 'graph_refused',
    category: 'request',
    retryable: false,
    remedy:
      'Facebook does not take the attachment: wrong type, too large, or an id that expired or is not this page’s.',
  },
  {
    matches: ['100', '1/2018382', '506', '2018171', '2018218', '9000001'],
    outcome: 'refused',
    code: 'graph_refused',
    category: 'request',
    retryable: false,
    remedy: 'Facebook does not take the message as it is (retired message tags are refused so, too). Correct it.',
  },
];

/** Facebook lists these as codes, and sends them as subcodes of 10, 100 or 200: they say enough in either place. */
const SPEAKS_FOR_ITSELF = 100_000;

const verdicts = new Map<string, Verdict>(
  ROWS.flatMap(({ matches, ...verdict }) =>
    matches.flatMap((match) => keysOf(match).map((key): [string, Verdict] => [key, verdict])),
  ),
);

function keysOf(match: string): string[] {
  const subcode = match.split('/')[1];
  return subcode !== undefined && Number(subcode) >= SPEAKS_FOR_ITSELF ? [match, subcode] : [match];
}

/** undefined: a refusal that we have not heard of. */
export function verdictOn(code: number, subcode: number | undefined): Verdict | undefined {
  const high = [subcode, code].filter((number) => number !== undefined && number >= SPEAKS_FOR_ITSELF).map(String);
  const keys = [`${code}/${subcode ?? ''}`, ...high, String(code)];
  return keys.map((key) => verdicts.get(key)).find((verdict) => verdict !== undefined);
}
