import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { originOf, type HttpRequest } from '#libs/http';
import type { Origin } from '#libs/messaging';
import { callerOf } from '../auth/caller.js';
import { callBodyOf, type CallBody } from '../calls/call-body.js';
import { readIdempotencyKey } from './idempotency-key.js';

/** A call that is answered once for each key of its workspace. */
export interface IdempotentCall {
  readonly workspaceId: string;
  readonly path: string;
  readonly body: CallBody;
  readonly origin: Origin;
  /** Undefined: each such call stands for itself. */
  readonly key: string | undefined;
}

/** `run(@Idempotent() call: IdempotentCall)` in a controller of `@Calls()`. */
export const Idempotent = createParamDecorator((_: unknown, context: ExecutionContext): IdempotentCall => {
  const request = context.switchToHttp().getRequest<HttpRequest>();
  return {
    workspaceId: callerOf(request).workspaceId,
    path: request.routeOptions.url ?? '',
    body: callBodyOf(request),
    origin: originOf(request),
    key: readIdempotencyKey(request.headers['idempotency-key']),
  };
});
