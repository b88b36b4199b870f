import { RequestMethod, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { channelDefinitions } from '#libs/channels/all';
import { HealthModule } from '#libs/http';
import { ApiKeyGuard } from './auth/api-key.guard.js';
import { Scope } from './auth/scope.js';
import { CallDescription } from './calls/call.js';
import { ChannelsModule } from './channels.module.js';
import { StreamGuard } from './stream/stream.guard.js';

// what Nest's decorators leave behind
const GUARDS = '__guards__';
const PATH = 'path';
const METHOD = 'method';
const STATUS = '__httpCode__';

type Handler = (...values: unknown[]) => unknown;

interface Route {
  readonly path: unknown;
  readonly handler: Handler;
  readonly controller: Type;
}

const connectors = channelDefinitions
  .map((definition) => definition.configure({}))
  .flatMap((configured) => (configured.ok ? [configured.connector] : []));
const { controllers = [] } = ChannelsModule.forRoot({ module: HealthModule }, connectors);
const routes = (controllers as readonly Type[]).flatMap(routesOf);
const calls = routes.filter(({ handler }) => Reflect.getMetadata(METHOD, handler) === RequestMethod.POST);

function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, Handler>;
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return names
    .flatMap((name) => prototype[name] ?? [])
    .filter((handler) => Reflect.hasMetadata(PATH, handler))
    .map((handler) => ({ path: Reflect.getMetadata(PATH, handler) as unknown, handler, controller }));
}

function statusOf(handler: Handler): number {
  return new Reflector().get(CallDescription, handler).answer === null ? 204 : 200;
}

describe('ChannelsModule', () => {
  it('mounts the calls that all channels share, and each channel’s own', () => {
    expect(routes.flatMap(({ path }) => path).sort()).toEqual([
      'api-keys.create',
      'api-keys.list',
      'api-keys.revoke',
      'channels.facebook.connect',
      'channels.facebook.disconnect',
      'channels.facebook.explore',
      'channels.info',
      'channels.list',
      'channels.update',
      'conversations.info',
      'conversations.list',
      'conversations.mark-read',
      'conversations.remove-state',
      'conversations.removeState',
      'conversations.set-state',
      'conversations.setState',
      'facebook.channels.explore',
      'messages.info',
      'messages.list',
      'messages.resend',
      'messages.send',
      'metadata.upsert',
      'stream',
      'stream.ticket',
      'workspaces.create',
      'ws',
    ]);
  });

  it.each(routes)('lets nobody on $path without a key and a scope', ({ handler, controller }) => {
    expect([[ApiKeyGuard], [StreamGuard]]).toContainEqual(Reflect.getMetadata(GUARDS, controller));
    expect(new Reflector().get(Scope, handler)).toEqual(expect.any(String));
  });

  it.each(calls)('answers $path with 200, or with 204 where there is nothing to answer', ({ handler }) => {
    expect(Reflect.getMetadata(STATUS, handler)).toBe(statusOf(handler));
  });
});
