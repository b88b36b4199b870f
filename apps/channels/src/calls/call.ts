import { applyDecorators, Controller, HttpCode, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { z } from 'zod';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { Scope, type ApiScope } from '../auth/scope.js';
import { CallBodyInterceptor } from './call-body.js';

/** What the API description says of a call. */
export interface CallAbout {
  readonly summary: string;
  /** null: 204 and nothing. */
  readonly answer: z.ZodType | null;
  /** Names of the same call in Airy's clients. */
  readonly aliases?: readonly string[];
  /** Whether an `Idempotency-Key` is honoured. */
  readonly idempotent?: boolean;
}

export interface DescribedCall extends CallAbout {
  readonly name: string;
  readonly scope: ApiScope;
}

/** Of every handler made with `@Call`. */
export const CallDescription = Reflector.createDecorator<DescribedCall>();

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
