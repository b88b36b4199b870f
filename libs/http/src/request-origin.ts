import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Origin } from '#libs/messaging';
import { readTraceparent } from '#libs/observability';
import type { HttpRequest } from './http-types.js';

export interface OriginOfRequest extends Origin {
  readonly requestId: string;
}

/** What everything that comes of a request bears. */
export function originOf({ id, headers }: HttpRequest): OriginOfRequest {
  return { requestId: id, traceparent: readTraceparent(headers['traceparent']) };
}

/** `handle(@RequestOrigin() origin: OriginOfRequest)` */
export const RequestOrigin = createParamDecorator((_: unknown, context: ExecutionContext): OriginOfRequest =>
  originOf(context.switchToHttp().getRequest()),
);
