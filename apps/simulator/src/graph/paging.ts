import type { JsonObject } from '../json.js';
import { parametersOf, type GraphRequest } from './graph-request.js';

const DEFAULT_LIMIT = 25;

/** Cursor paging: https://developers.facebook.com/docs/graph-api/results */
export function nextPageOf(nodes: readonly JsonObject[], request: GraphRequest): JsonObject {
  const parameters = parametersOf(request);
  const limit = Math.max(1, Number(parameters['limit'] ?? DEFAULT_LIMIT) || DEFAULT_LIMIT);
  const after = parameters['after'];
  const start = typeof after === 'string' ? nodes.findIndex((node) => cursorOf(node) === after) + 1 : 0;
  const shown = nodes.slice(start, start + limit);
  const first = shown.at(0);
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return { data: [] };
  const cursors = { before: cursorOf(first), after: cursorOf(last) };
  const isEnd = start + limit >= nodes.length;
  return { data: shown, paging: isEnd ? { cursors } : { cursors, next: nextUrl(request, cursors.after) } };
}

/** As Facebook's, it carries the token in its query string. */
function nextUrl(request: GraphRequest, after: string): string {
  const url = new URL(request.originalUrl, `http://${request.headers.host ?? 'localhost'}`);
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined) url.searchParams.set('access_token', token);
  url.searchParams.set('after', after);
  return url.href;
}

function cursorOf(node: JsonObject): string {
  return Buffer.from(String(node['id'])).toString('base64url');
}
