import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { asObject, isObject, type JsonObject } from '../json.js';
import type { SendCall } from '../world/record.store.js';
import { invalidParameter } from './graph-error.js';

/** What the simulator uses of Fastify's request. */
export interface GraphRequest {
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body: unknown;
  parameters?: JsonObject;
  sendCall?: SendCall;
}

/** What the simulator uses of Fastify's reply. */
export interface GraphReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

const VERSION = /^\/(v\d+\.\d+)(?=\/|$|\?)/;

export function versionOf(originalUrl: string): string | null {
  return VERSION.exec(originalUrl)?.[1] ?? null;
}

/** `/v25.0/me/messages` and `/me/messages` are one route. */
export function withoutVersion(url: string): string {
  const rest = url.replace(VERSION, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Query and body together, the body wins; read once per request. */
export function parametersOf(request: GraphRequest): JsonObject {
  request.parameters ??= { ...asObject(request.query), ...readBody(request) };
  return request.parameters;
}

/** A form body and a query carry objects as JSON text. */
export function objectParameter(parameters: JsonObject, name: string): JsonObject | undefined {
  const value = parameters[name];
  if (value === undefined || value === '') return undefined;
  const parsed = typeof value === 'string' ? parseJson(value, `Param ${name} must be an object`) : value;
  if (!isObject(parsed)) throw invalidParameter(`Param ${name} must be an object`);
  return parsed;
}

function readBody(request: GraphRequest): JsonObject {
  const { body } = request;
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/')) throw invalidParameter('The simulator does not take file uploads');
  const text = body.toString('utf8');
  if (!type.includes('json')) return Object.fromEntries(new URLSearchParams(text));
  return asObject(parseJson(text, 'The body is not valid JSON'));
}

function parseJson(text: string, complaint: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidParameter(complaint);
  }
}
