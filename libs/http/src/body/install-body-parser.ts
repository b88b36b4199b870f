import { finished } from 'node:stream';
import { AppError } from '#libs/errors';
import type { HttpReply, HttpRequest, HttpServer } from '../http-types.js';
import { takesRawBody } from './raw-body.js';
import { readJsonBody } from './read-json-body.js';
import { refuseLater } from './refused-body.js';

export interface BodyLimits {
  /** Bytes. */
  readonly call: number;
  readonly raw: number;
}

/** Bodies up to so many times the limit are read to their end before they are refused. */
const readThrough = 4;
/** What Fastify is told of every body: it looks longer for a parser where no type is named. */
const bytesType = 'application/octet-stream';

const declaredTypes = new WeakMap<HttpRequest, string>();

type Done = (error?: Error) => void;

/**
 * One parser for every body. Nest registers its routes on the root instance, so an encapsulated plugin with a parser of its
 * own would not see them: the route's own configuration decides, once, for Fastify makes `routeOptions` anew at each look.
 */
export function installBodyParser(server: HttpServer, limits: BodyLimits): void {
  server.addHook('onRoute', (route) => {
    const isRaw = takesRawBody(route.config);
    route.bodyLimit = isRaw ? limits.raw : limits.call;
    // not in the parser: a request without any body does not reach it, and what it refuses costs the caller the connection
    route.preValidation = isRaw ? takeBytes : takeCall;
    if (!isRaw) route.onRequest = noteType;
  });
  const lowestLimit = Math.min(limits.call, limits.raw);
  server.addHook('preParsing', (request, _reply, payload, done) => {
    // Fastify refuses content types that it cannot read before any parser is asked; here an empty body may have any
    if (request.headers['content-type'] !== undefined) request.headers['content-type'] = bytesType;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced <= lowestLimit) {
      done(null, payload);
      return;
    }
    const limit = takesRawBody(request.routeOptions.config) ? limits.raw : limits.call;
    if (announced <= limit || announced > limit * readThrough) {
      done(null, payload);
      return;
    }
    // a body that is refused while it still comes in resets the connection, and the caller may never read why
    finished(payload.resume(), (error) => {
      done(error ?? new AppError('body_too_large', `The body has ${announced} bytes; ${limit} are taken here.`));
    });
  });
  server.removeAllContentTypeParsers();
  for (const type of [bytesType, '*'])
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, bytes, done) => {
      done(null, bytes);
    });
}

/** Before it is replaced; `delete` would make all that reads the headers later several times slower. */
function noteType(request: HttpRequest, _reply: HttpReply, done: Done): void {
  const { 'content-type': declared } = request.headers;
  if (declared !== undefined) declaredTypes.set(request, declared);
  done();
}

function takeBytes(request: HttpRequest, _reply: HttpReply, done: Done): void {
  request.body = bytesOf(request);
  done();
}

function takeCall(request: HttpRequest, _reply: HttpReply, done: Done): void {
  try {
    request.body = readJsonBody(bytesOf(request), declaredTypes.get(request));
  } catch (error) {
    refuseLater(request, error as Error);
  }
  done();
}

function bytesOf({ body }: HttpRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
