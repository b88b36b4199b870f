import type { ContactAnswer, ContactCall } from '#libs/channels/kit';
import { storableText } from '#libs/messaging';
import type { GraphClient, GraphResult } from '../graph/graph.client.js';
import { judge, TOO_MANY_REQUESTS } from '../graph/judge.js';
import { readGraphError, retryAfterMs, type GraphError } from '../graph/read-graph-error.js';
import { asText, compact, isObject, type JsonObject } from '../json.js';
import { USER_REF } from '../source.js';

const NAME_FIELDS = 'first_name,last_name,name,profile_pic';
/** Each needs a permission of its own, and a refused field spoils the whole answer. */
const ALL_FIELDS = `${NAME_FIELDS},locale,timezone`;
const FIELD_NOT_PERMITTED = 2018247;
/** The limits count by the hour, and calls made meanwhile count too. */
const THROTTLED_MS = 60_000;
const SERVER_ERROR = 500;

type Answered = Extract<GraphResult, { kind: 'answered' }>;

/** https://developers.facebook.com/docs/messenger-platform/identity/user-profile */
export async function fetchContact(graph: GraphClient, call: ContactCall): Promise<ContactAnswer> {
  if (call.sourceContactId.startsWith(USER_REF)) return unavailable('A guest has no profile.');
  const full = await ask(graph, call, ALL_FIELDS);
  const result = isFieldRefused(full, call) ? await ask(graph, call, NAME_FIELDS) : full;
  return answerOf(result, secretsOf(call), Date.now());
}

function ask(graph: GraphClient, { credentials, sourceContactId }: ContactCall, fields: string): Promise<GraphResult> {
  const { token, app } = credentials;
  const path = encodeURIComponent(sourceContactId);
  return graph.call({ method: 'GET', path, token, secret: app.secrets[0], query: { fields } });
}

function secretsOf({ credentials }: ContactCall): readonly string[] {
  return [credentials.token, ...credentials.app.secrets];
}

function isFieldRefused(result: GraphResult, call: ContactCall): boolean {
  const error = result.kind === 'answered' ? readGraphError(result.body, secretsOf(call)) : null;
  return error?.code === FIELD_NOT_PERMITTED || error?.subcode === FIELD_NOT_PERMITTED;
}

function answerOf(result: GraphResult, secrets: readonly string[], nowMs: number): ContactAnswer {
  if (result.kind !== 'answered') return later(result.reason, { isWholeChannel: result.kind === 'not_written' });
  const error = readGraphError(result.body, secrets);
  if (error !== null || result.status === TOO_MANY_REQUESTS) return refusedBy(error, result, nowMs);
  if (result.status >= SERVER_ERROR || !isObject(result.body)) return later(`HTTP ${result.status} without a profile`);
  const contact = readProfile(result.body);
  // Facebook answers an empty object for a person who does not let the page see them
  return Object.keys(contact).length === 0 ? unavailable('The profile is empty.') : { kind: 'found', contact };
}

function refusedBy(error: GraphError | null, answer: Answered, nowMs: number): ContactAnswer {
  const { outcome, category } = judge(error, answer.status);
  const reason = error === null ? `HTTP ${answer.status}` : describe(error);
  switch (outcome) {
    case 'not_sent':
      return later(reason, { delayMs: retryAfterMs(answer, nowMs) ?? THROTTLED_MS, isWholeChannel: true });
    case 'unknown':
      return later(reason);
    case 'reauth':
      return { kind: 'reauth', reason };
    case 'refused':
      return category === 'page' ? later(reason, { isWholeChannel: true }) : unavailable(reason);
  }
}

function describe({ code, subcode, message }: GraphError): string {
  return `${code}${subcode === undefined ? '' : `/${subcode}`} ${message}`.trim();
}

function later(
  reason: string,
  about: { readonly delayMs?: number; readonly isWholeChannel?: boolean } = {},
): ContactAnswer {
  return { kind: 'later', reason, isWholeChannel: false, ...about };
}

function unavailable(reason: string): ContactAnswer {
  return { kind: 'unavailable', reason };
}

function readProfile(profile: JsonObject): Extract<ContactAnswer, { kind: 'found' }>['contact'] {
  const firstName = textOf(profile['first_name']);
  const lastName = textOf(profile['last_name']);
  const fullName = [firstName, lastName].filter((name) => name !== undefined).join(' ');
  return compact({
    display_name: textOf(profile['name']) ?? textOf(fullName),
    first_name: firstName,
    last_name: lastName,
    avatar_url: urlOf(profile['profile_pic']),
    locale: textOf(profile['locale']),
    timezone: hoursOf(profile['timezone']),
  }) as Extract<ContactAnswer, { kind: 'found' }>['contact'];
}

function textOf(value: unknown): string | undefined {
  const text = asText(value)?.trim();
  return text === undefined || text === '' ? undefined : storableText(text);
}

/** It goes into an `<img>` of somebody's inbox: nothing but the web. */
function urlOf(value: unknown): string | undefined {
  const text = textOf(value) ?? '';
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

/** Hours from GMT; some are halves. */
function hoursOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
