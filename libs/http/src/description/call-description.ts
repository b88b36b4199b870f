import { Reflector } from '@nestjs/core';
import type { z } from 'zod';
import type { ErrorCode } from '#libs/errors';

/** What the API description says of a call. */
export interface CallAbout {
  readonly summary: string;
  /** null: 204 and nothing. */
  readonly answer: z.ZodType | null;
  /** Of a call that takes no DTO by `@Body()`. */
  readonly request?: z.ZodType;
  /** Names of the same call in Airy's clients. */
  readonly aliases?: readonly string[];
  /** Whether an `Idempotency-Key` is honoured. */
  readonly idempotent?: boolean;
  /** Beside those that every call can meet. */
  readonly refusals?: readonly ErrorCode[];
  /** Bodies by a few words on what they do. */
  readonly examples?: Readonly<Record<string, object>>;
}

export interface DescribedCall<Scope extends string = string> extends CallAbout {
  readonly name: string;
  readonly scope: Scope;
}

/** Of every handler that is a call; libs/openapi reads it. */
export const CallDescription = Reflector.createDecorator<DescribedCall>();
