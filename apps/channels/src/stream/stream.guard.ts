import { createParamDecorator, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HttpReply, HttpRequest } from '#libs/http';
import type { Query } from './key-in-url.js';
import { StreamAccess, type StreamGrant } from './stream-access.js';

const grants = new WeakMap<HttpRequest, StreamGrant>();

@Injectable()
export class StreamGuard implements CanActivate {
  constructor(@Inject(StreamAccess) private readonly access: StreamAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const { authorization } = request.headers;
    const query = request.query as Query;
    grants.set(request, await this.access.admit({ authorization, query, head: http.getResponse<HttpReply>().raw }));
    return true;
  }
}

/** `run(@Granted() grant: StreamGrant)` behind `StreamGuard`. */
export const Granted = createParamDecorator((_: unknown, context: ExecutionContext): StreamGrant => {
  const grant = grants.get(context.switchToHttp().getRequest<HttpRequest>());
  if (grant === undefined) throw new Error('This route asks for its grant and has no StreamGuard.');
  return grant;
});
