import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { uuid7 } from '#libs/messaging';
import type { HttpRequest } from './http-types.js';

export const REQUEST_ID_HEADER = 'x-request-id';

/** The caller's id if it is harmless in logs and headers, else one of ours. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : uuid7(Date.now());
}

/** `handle(@RequestId() requestId: string)` */
export const RequestId = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<HttpRequest>().id,
);
