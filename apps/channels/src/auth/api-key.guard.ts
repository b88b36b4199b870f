import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '#libs/errors';
import type { HttpReply, HttpRequest } from '#libs/http';
import { Admission } from './admission.js';
import { ApiKeys } from './api-keys.js';
import { bearerKey } from './bearer-key.js';
import { noteCaller } from './caller.js';
import { Scope, type ApiScope } from './scope.js';

/** Lets in whose key has the scope that the route declares; a route that declares none lets nobody in. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
    @Inject(Admission) private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const key = bearerKey(request.headers.authorization);
    const caller = key === undefined ? null : await this.keys.find(key);
    if (caller === null)
      throw new AppError('unauthorized', 'Send Authorization: Bearer <api key> with a key that is valid here.');
    const needed = this.reflector.get<ApiScope | undefined>(Scope, context.getHandler());
    if (needed === undefined) throw new Error(`${context.getClass().name} has a route that declares no scope.`);
    // on Node's own response, so that every answer carries what the admission says of the key
    this.admission.check(caller, needed, http.getResponse<HttpReply>().raw);
    noteCaller(request, caller);
    return true;
  }
}
