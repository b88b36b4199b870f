import { RouteConfig } from '@nestjs/platform-fastify';

/** The handler's body is the Buffer as it came, whatever its content type: a webhook's signature is over the bytes. */
export const RawBody = (): ReturnType<typeof RouteConfig> => RouteConfig({ rawBody: true });

export function takesRawBody(config: object | undefined): boolean {
  return config !== undefined && 'rawBody' in config && config.rawBody === true;
}
