import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '#libs/http';

/** Whose key it is. */
export interface ApiCaller {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly scopes: readonly string[];
  /** What names the key itself: its id stays when the bootstrap key is exchanged. */
  readonly keySha256: Buffer;
  readonly keyExpiresAt: Date | null;
  /** Calls a second; null: as many as come. */
  readonly rateLimit: number | null;
}

const callers = new WeakMap<HttpRequest, ApiCaller>();

export function noteCaller(request: HttpRequest, caller: ApiCaller): void {
  callers.set(request, caller);
}

export function callerOf(request: HttpRequest): ApiCaller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('This route asks for its caller and has no ApiKeyGuard.');
  return caller;
}

/** `run(@Caller() caller: ApiCaller)` behind `ApiKeyGuard`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ApiCaller =>
  callerOf(context.switchToHttp().getRequest<HttpRequest>()),
);
