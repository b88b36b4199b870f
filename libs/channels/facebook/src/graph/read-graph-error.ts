import { asObject, asText, compact, isObject } from '../json.js';
import type { GraphResult } from './graph.client.js';
import { scrub } from './scrub.js';

/** Facebook's refusal in its own words, without tokens. */
export interface GraphError {
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
  readonly trace?: string;
  readonly isTransient: boolean;
}

/**
 * Null where the answer holds none; an answer of 200 may. The login endpoints use another form.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function readGraphError(body: unknown, secrets: readonly string[]): GraphError | null {
  const answer = asObject(body);
  const error = isObject(answer['error']) ? answer['error'] : loginError(answer);
  const code = error === null ? undefined : integerOf(error['code']);
  if (error === null || code === undefined) return null;
  return compact({
    code,
    subcode: integerOf(error['error_subcode'] ?? error['subcode']),
    message: scrub(asText(error['message']) ?? '', secrets),
    trace: asText(error['fbtrace_id']),
    isTransient: error['is_transient'] === true,
  }) as GraphError;
}

function loginError(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null {
  const message = answer['error_message'];
  return message === undefined ? null : { code: answer['code'], message };
}

function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

const MS_PER_S = 1_000;
const MS_PER_MIN = 60_000;
const DAY_MS = 86_400_000;
/** Only the first is said to tell a time; what the others tell is read all the same. */
const USAGE_HEADERS = ['x-business-use-case-usage', 'x-app-usage', 'x-page-usage'];
const REGAIN = /"estimated_time_to_regain_access"\s*:\s*(\d+)/g;

/**
 * How long Facebook wants to be left alone; undefined where it does not say. Usage headers are searched, not parsed: their
 * own documentation shows it with a key twice. https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export function retryAfterMs(answer: Extract<GraphResult, { kind: 'answered' }>, nowMs: number): number | undefined {
  const usage = USAGE_HEADERS.map((name) => answer.header(name) ?? '').join(' ');
  const minutes = [...usage.matchAll(REGAIN)].map(([, digits]) => Number(digits) * MS_PER_MIN);
  const waits = [...minutes, readRetryAfter(answer.header('retry-after') ?? '', nowMs)].filter((wait) => wait > 0);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), DAY_MS);
}

/** Seconds or a date (RFC 9110). */
function readRetryAfter(header: string, nowMs: number): number {
  if (/^\d+$/.test(header)) return Number(header) * MS_PER_S;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : at - nowMs;
}
