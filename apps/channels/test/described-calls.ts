import type { Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { channelDefinitions } from '#libs/channels/all';
import { HealthModule } from '#libs/http';
import { CallDescription, type DescribedCall } from '../src/calls/call.js';
import { ChannelsModule } from '../src/channels.module.js';

/** Every call that is mounted, as it describes itself. */
export function describedCalls(): DescribedCall[] {
  const connectors = channelDefinitions
    .map((definition) => definition.configure({}))
    .flatMap((configured) => (configured.ok ? [configured.connector] : []));
  const { controllers = [] } = ChannelsModule.forRoot({ module: HealthModule }, connectors);
  return (controllers as readonly Type[]).flatMap(callsOf);
}

function callsOf({ prototype }: Type): DescribedCall[] {
  const handlers = prototype as Readonly<Record<string, () => unknown>>;
  return Object.getOwnPropertyNames(handlers).flatMap((name) => {
    const handler = handlers[name];
    const described = handler && (new Reflector().get(CallDescription, handler) as DescribedCall | undefined);
    return described ?? [];
  });
}
