import { applyDecorators, Controller, HttpCode, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { CallDescription, type CallAbout, type DescribedCall as Described } from '#libs/http';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { Scope, type ApiScope } from '../auth/scope.js';
import { CallBodyInterceptor } from './call-body.js';

export { CallDescription };
export type DescribedCall = Described<ApiScope>;

/** A controller of calls: nobody comes in without a key. */
export const Calls = (): ClassDecorator =>
  applyDecorators(Controller(), UseGuards(ApiKeyGuard), UseInterceptors(CallBodyInterceptor));

/** `POST /<name>`, answered with 200, or with 204 where there is nothing to answer. */
export const Call = (name: string, scope: ApiScope, about: CallAbout): MethodDecorator =>
  applyDecorators(
    Post([name, ...(about.aliases ?? [])]),
    HttpCode(about.answer === null ? 204 : 200),
    Scope(scope),
    CallDescription({ name, scope, ...about }),
  );
