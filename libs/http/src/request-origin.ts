import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Origin } from '#libs/messaging';
import { readTraceparent, type Span } from '#libs/observability';
import type { HttpRequest } from './http-types.js';

export interface OriginOfRequest extends Origin {
  readonly requestId: string;
}

const spans = new WeakMap<HttpRequest, Span>();

/** What everything that comes of a request bears. */
export function originOf(request: HttpRequest): OriginOfRequest {
  const traceparent = spans.get(request)?.traceparent ?? readTraceparent(request.headers['traceparent']);
  return { requestId: request.id, traceparent };
}

export function noteSpan(request: HttpRequest, span: Span): void {
  spans.set(request, span);
}

/** `handle(@RequestOrigin() origin: OriginOfRequest)` */
export const RequestOrigin = createParamDecorator((_: unknown, context: ExecutionContext): OriginOfRequest =>
  originOf(context.switchToHttp().getRequest()),
);
