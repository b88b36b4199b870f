import { verdictOn } from './graph-errors.js';
import type { GraphError } from './read-graph-error.js';
import { OWN_FAULT, THROTTLED, UNLISTED, type Verdict } from './verdict.js';

export const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

/** What follows from an answer that is a refusal. `error` null: it says nothing but its status. */
export function judge(error: GraphError | null, status: number): Verdict {
  const listed = error === null ? undefined : verdictOn(error.code, error.subcode);
  const saysNothing = listed === undefined || listed.outcome === 'unknown';
  if (status === TOO_MANY_REQUESTS && saysNothing) return THROTTLED;
  return provesNothing(listed ?? UNLISTED, error, status) ? OWN_FAULT : (listed ?? UNLISTED);
}

/** A refusal proves that nothing was sent, unless Facebook calls it an error of its own. */
function provesNothing(verdict: Verdict, error: GraphError | null, status: number): boolean {
  const isOwnFault = status >= SERVER_ERROR || (error?.isTransient === true && !verdict.retryable);
  return verdict.outcome === 'refused' && isOwnFault;
}
