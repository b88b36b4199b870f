import type { Failure } from '#libs/messaging';

/** What follows from one way in which Facebook says no. */
export interface Verdict {
  /** `not_sent` alone is repeated without anybody asking. */
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
  /** Whether the same message may go through later, without a change to it. */
  readonly retryable: boolean;
  /** What a person does about it. */
  readonly remedy: string;
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
  remedy: 'Facebook refused the message for a reason that Parley does not know: read what it says, then send again.',
};

/** A refusal of this one message. */
export function refused(category: Failure['category'], remedy: string): Verdict {
  return { outcome: 'refused', code: 'graph_refused', category, retryable: false, remedy };
}
