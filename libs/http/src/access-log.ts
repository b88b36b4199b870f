import { tagsOf, type Logger } from '#libs/observability';
import { isEndless } from './endless-answer.js';
import type { HttpReply, HttpRequest } from './http-types.js';
import { originOf } from './request-origin.js';

export interface AnsweredRequest {
  /** The pattern; `none` where nothing is served. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

interface Listeners {
  readonly logger: Logger;
  readonly answered?: (request: AnsweredRequest) => void;
}

const problems = new WeakMap<HttpRequest, string>();

export function noteProblem(request: HttpRequest, code: string): void {
  problems.set(request, code);
}

export function problemCodeOf(request: HttpRequest): string | undefined {
  return problems.get(request);
}

/** One line for each request, when its answer has ended: never a body, a path as it came, or a query string. */
export function logAnswered(
  request: HttpRequest,
  reply: HttpReply,
  elapsedMs: number,
  { logger, answered }: Listeners,
): void {
  const level = request.routeOptions.url?.startsWith('/health/') === true ? 'debug' : 'info';
  logger[level](accessLine(request, reply, elapsedMs), 'request');
  if (isEndless(request.routeOptions.config)) return;
  answered?.({ route: routeOf(request), status: reply.raw.statusCode, seconds: elapsedMs / 1000 });
}

function accessLine(request: HttpRequest, reply: HttpReply, elapsedMs: number): Record<string, unknown> {
  return {
    method: request.method,
    route: routeOf(request),
    status: reply.raw.statusCode,
    ms: Math.round(elapsedMs * 10) / 10,
    ...tagsOf(originOf(request)),
    code: problemCodeOf(request),
    aborted: reply.raw.writableFinished ? undefined : true,
  };
}

function routeOf({ is404, routeOptions }: HttpRequest): string {
  return is404 ? 'none' : (routeOptions.url ?? 'none');
}
