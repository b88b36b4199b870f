import type { SendOutcome } from '#libs/channels/kit';
import type { Failure } from '#libs/messaging';
import type { GraphResult } from '../graph/graph.client.js';
import { judge, TOO_MANY_REQUESTS } from '../graph/judge.js';
import { readGraphError, retryAfterMs, type GraphError } from '../graph/read-graph-error.js';
import type { Verdict } from '../graph/verdict.js';
import { asObject, asText } from '../json.js';

type Answer = Extract<GraphResult, { kind: 'answered' }>;

/** The header tells whole seconds, rounded down. */
const DATE_RESOLUTION_MS = 1_000;

/** How a send ended. Whatever does not prove that nothing was sent is `unknown`. */
export function outcomeOf(result: GraphResult, secrets: readonly string[], nowMs: number): SendOutcome {
  if (result.kind === 'not_written') return notWritten(result.reason);
  if (result.kind === 'unanswered')
    return unknown(result.isTimeout ? 'graph_timeout' : 'graph_unavailable', result.reason);
  const error = readGraphError(result.body, secrets);
  if (error !== null || result.status === TOO_MANY_REQUESTS) return refusedBy(error, result, nowMs);
  const sourceMessageId = asText(asObject(result.body)['message_id']);
  if (sourceMessageId === undefined) return unknown('graph_unavailable', `HTTP ${result.status} without a message id`);
  return { kind: 'accepted', sourceMessageId, sourceSentAt: sentAt(result, nowMs) };
}

/** Receipts' watermarks compare with it, so it must not be too early: the end of the second that the answer names. */
function sentAt(answer: Answer, nowMs: number): string {
  const date = Date.parse(answer.header('date') ?? '');
  return new Date(Number.isNaN(date) ? nowMs : date + DATE_RESOLUTION_MS).toISOString();
}

function notWritten(reason: string): SendOutcome {
  const message = `Facebook could not be reached (${reason}); nothing was sent. It is tried again.`;
  return { kind: 'not_sent', failure: { code: 'graph_unavailable', category: 'temporary', retryable: true, message } };
}

function unknown(code: string, reason: string): SendOutcome {
  const message = `Facebook did not say what became of the message (${reason}). It may have been sent.`;
  return { kind: 'unknown', failure: { code, category: 'unknown', retryable: false, message } };
}

function refusedBy(error: GraphError | null, answer: Answer, nowMs: number): SendOutcome {
  const verdict = judge(error, answer.status);
  const failure = failureOf(verdict, error);
  if (verdict.outcome !== 'not_sent') return { kind: verdict.outcome, failure };
  const wait = retryAfterMs(answer, nowMs);
  return { kind: 'not_sent', failure, ...(wait !== undefined && { retryAfterMs: wait }) };
}

function failureOf({ code, category, retryable, remedy }: Verdict, error: GraphError | null): Failure {
  if (error === null) return { code, category, retryable, message: remedy };
  return {
    code,
    category,
    retryable,
    message: error.message === '' ? remedy : `${remedy} Facebook: ${error.message}`,
    source_code: error.code,
    ...(error.subcode !== undefined && { source_subcode: error.subcode }),
    ...(error.trace !== undefined && { source_trace: error.trace }),
  };
}
