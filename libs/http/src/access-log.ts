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

export interface Answer {
  readonly request: HttpRequest;
  readonly reply: HttpReply;
  /** Fastify makes it anew at each look. */
  readonly route: HttpRequest['routeOptions'];
  readonly elapsedMs: number;
}

/** One line for each request, when its answer has ended: never a body, a path as it came, or a query string. */
export function logAnswered(answer: Answer, { logger, answered }: Listeners): void {
  const { reply, route, elapsedMs } = answer;
  const level = route.url?.startsWith('/health/') === true ? 'debug' : 'info';
  logger[level](accessLine(answer), 'request');
  if (isEndless(route.config)) return;
  answered?.({ route: patternOf(answer), status: reply.raw.statusCode, seconds: elapsedMs / 1000 });
}

function accessLine(answer: Answer): Record<string, unknown> {
  const { request, reply, elapsedMs } = answer;
  return {
    method: request.method,
    route: patternOf(answer),
    status: reply.raw.statusCode,
    ms: Math.round(elapsedMs * 10) / 10,
    ...tagsOf(originOf(request)),
    code: problemCodeOf(request),
    aborted: reply.raw.writableFinished ? undefined : true,
  };
}

function patternOf({ request, route }: Answer): string {
  return request.is404 ? 'none' : (route.url ?? 'none');
}
