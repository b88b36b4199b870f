import { applyDecorators, Controller, HttpCode, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { Scope, type ApiScope } from '../auth/scope.js';
import { CallBodyInterceptor } from './call-body.js';

/** A controller of calls: nobody comes in without a key. */
export const Calls = (): ClassDecorator =>
  applyDecorators(Controller(), UseGuards(ApiKeyGuard), UseInterceptors(CallBodyInterceptor));

/** `POST /<name>`, answered with 200. */
export const Call = (name: string, scope: ApiScope): MethodDecorator =>
  applyDecorators(Post(name), HttpCode(200), Scope(scope));
