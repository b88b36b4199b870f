import { performance } from 'node:perf_hooks';
import type { Logger } from '#libs/observability';
import type { HttpReply, HttpRequest } from './http-types.js';

const problems = new WeakMap<HttpRequest, string>();

export function noteProblem(request: HttpRequest, code: string): void {
  problems.set(request, code);
}

/** One line for each request, when its answer has ended: never a body, a path as it came, or a query string. */
export function logWhenAnswered(request: HttpRequest, reply: HttpReply, logger: Logger): void {
  const startedAt = performance.now();
  // `close`, not Fastify's onResponse: it also comes for streams that Fastify has given out of its hands
  reply.raw.once('close', () => {
    const level = request.routeOptions.url?.startsWith('/health/') === true ? 'debug' : 'info';
    logger[level](accessLine(request, reply, performance.now() - startedAt), 'request');
  });
}

function accessLine(request: HttpRequest, reply: HttpReply, elapsedMs: number): Record<string, unknown> {
  return {
    method: request.method,
    route: request.is404 ? 'none' : request.routeOptions.url,
    status: reply.raw.statusCode,
    ms: Math.round(elapsedMs * 10) / 10,
    request_id: request.id,
    code: problems.get(request),
    aborted: reply.raw.writableFinished ? undefined : true,
  };
}
