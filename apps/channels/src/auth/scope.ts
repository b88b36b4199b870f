import { Reflector } from '@nestjs/core';
import { AppError } from '#libs/errors';
import type { ApiCaller } from './caller.js';

export const apiScopes = [
  'channels.read',
  'channels.write',
  'conversations.read',
  'conversations.write',
  'messages.send',
  'stream.read',
  'admin',
] as const;

/** `admin` includes all others. */
export type ApiScope = (typeof apiScopes)[number];

/** What a key must be allowed for this route; `ApiKeyGuard` refuses a route that says nothing. */
export const Scope = Reflector.createDecorator<ApiScope>();

/** For a call that needs another scope for some of what it can be asked. */
export function expectScope({ scopes }: ApiCaller, needed: ApiScope): void {
  if (scopes.includes(needed) || scopes.includes('admin')) return;
  throw new AppError('scope_missing', `This call needs the scope ${needed}.`);
}
