import { finished } from 'node:stream';
import { AppError } from '#libs/errors';
import type { HttpRequest, HttpServer } from '../http-types.js';
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

const declaredTypes = new WeakMap<HttpRequest, string>();

/**
 * One parser for every body. Nest registers its routes on the root instance, so an encapsulated plugin with a parser of its
 * own would not see them: the route's own configuration decides.
 */
export function installBodyParser(server: HttpServer, limits: BodyLimits): void {
  server.addHook('onRoute', (route) => {
    route.bodyLimit = takesRawBody(route.config) ? limits.raw : limits.call;
  });
  // Fastify refuses content types that it cannot read before any parser is asked; here an empty body may have any
  server.addHook('onRequest', (request, _reply, done) => {
    const { 'content-type': declared } = request.headers;
    if (declared !== undefined) {
      if (!takesRawBody(request.routeOptions.config)) declaredTypes.set(request, declared);
      // `delete` would make all that reads the headers later several times slower
      request.headers['content-type'] = undefined;
    }
    done();
  });
  // a body that is refused while it still comes in resets the connection, and the caller may never read why
  server.addHook('preParsing', (request, _reply, payload, done) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    const limit = takesRawBody(request.routeOptions.config) ? limits.raw : limits.call;
    if (announced <= limit || announced > limit * readThrough) {
      done(null, payload);
      return;
    }
    finished(payload.resume(), (error) => {
      done(error ?? new AppError('body_too_large', `The body has ${announced} bytes; ${limit} are taken here.`));
    });
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => {
    done(null, bytes);
  });
  // not in the parser: a request without any body does not reach it, and what it refuses costs the caller the connection
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.is404) {
      done();
      return;
    }
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    try {
      request.body = takesRawBody(request.routeOptions.config)
        ? bytes
        : readJsonBody(bytes, declaredTypes.get(request));
    } catch (error) {
      refuseLater(request, error as Error);
    }
    done();
  });
}
