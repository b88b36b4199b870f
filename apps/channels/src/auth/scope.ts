import { Reflector } from '@nestjs/core';

export type ApiScope =
  | 'channels.read'
  | 'channels.write'
  | 'conversations.read'
  | 'conversations.write'
  | 'messages.send'
  | 'stream.read'
  | 'admin';

/** What a key must be allowed for this route; `ApiKeyGuard` refuses a route that says nothing. */
export const Scope = Reflector.createDecorator<ApiScope>();
