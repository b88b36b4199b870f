import { RouteConfig } from '@nestjs/platform-fastify';

/**
 * How long the answer takes says nothing: it lasts as long as its reader. Its headers are Node's own from the start, so that an answer
 * that is hijacked has its request id.
 */
export const EndlessAnswer = (): ReturnType<typeof RouteConfig> => RouteConfig({ endless: true });

export function isEndless(config: object | undefined): boolean {
  return config !== undefined && 'endless' in config && config.endless === true;
}
