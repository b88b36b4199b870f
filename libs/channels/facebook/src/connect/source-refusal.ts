import { SourceRefusal, type ChannelCredentials, type SourceRefusalCode } from '#libs/channels/kit';
import type { GraphResult } from '../graph/graph.client.js';
import { readGraphError, type GraphError } from '../graph/read-graph-error.js';
import { compact, isObject, type JsonObject } from '../json.js';

const SERVER_ERROR = 500;
/** "API permission": https://developers.facebook.com/docs/graph-api/guides/error-handling */
const PERMISSION_FROM = 200;
const PERMISSION_TO = 299;
const PAGE_TOKEN_NEEDED = 210;

const CODES: ReadonlyMap<number, SourceRefusalCode> = new Map([
  [1, 'graph_unavailable'],
  [2, 'graph_unavailable'],
  [3, 'permission_missing'],
  [10, 'permission_missing'],
  [102, 'token_invalid'],
  [190, 'token_invalid'],
  [PAGE_TOKEN_NEEDED, 'token_not_page'],
]);

const REMEDIES: Readonly<Record<SourceRefusalCode, string>> = {
  token_invalid: 'Facebook does not accept the token: make a new one.',
  token_not_page: 'The token is not a page token: take access_token of the page from /me/accounts.',
  token_wrong_page: 'The token belongs to another page.',
  permission_missing:
    'The token lacks a permission: grant pages_messaging and pages_manage_metadata, then make a new one.',
  graph_refused: 'Facebook refused the call.',
  graph_unavailable:
    'Facebook can’t be reached or answers with an error of its own. Nothing was changed; try again later.',
  graph_timeout: 'Facebook did not answer in time. Try again.',
};

/** The answer of a call that went well; throws `SourceRefusal` for every other. */
export function expectAnswer(result: GraphResult, credentials: ChannelCredentials): JsonObject {
  if (result.kind !== 'answered') throw refusal(result.isTimeout ? 'graph_timeout' : 'graph_unavailable');
  const error = readGraphError(result.body, [credentials.token, ...credentials.app.secrets]);
  if (error !== null) throw refusedBy(error, result.status);
  if (result.status >= SERVER_ERROR || !isObject(result.body)) throw refusal('graph_unavailable');
  return result.body;
}

export function refusal(code: SourceRefusalCode, message?: string, error?: GraphError): SourceRefusal {
  const { code: sourceCode, subcode, message: words, trace } = error ?? {};
  const sourceError = words === undefined ? undefined : compact({ code: sourceCode, subcode, message: words, trace });
  return new SourceRefusal(code, message ?? REMEDIES[code], sourceError as SourceRefusal['sourceError']);
}

function refusedBy(error: GraphError, status: number): SourceRefusal {
  const isPermission = error.code >= PERMISSION_FROM && error.code <= PERMISSION_TO;
  const listed = CODES.get(error.code) ?? (isPermission ? 'permission_missing' : undefined);
  return refusal(listed ?? (status >= SERVER_ERROR ? 'graph_unavailable' : 'graph_refused'), undefined, error);
}
