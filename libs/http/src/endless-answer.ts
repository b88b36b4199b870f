import { RouteConfig } from '@nestjs/platform-fastify';

/** How long the answer takes says nothing: it lasts as long as its reader. */
export const EndlessAnswer = (): ReturnType<typeof RouteConfig> => RouteConfig({ endless: true });

export function isEndless(config: object | undefined): boolean {
  return config !== undefined && 'endless' in config && config.endless === true;
}
