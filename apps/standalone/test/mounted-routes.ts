import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** One level of the tree that Fastify draws. */
const INDENT = 4;
const line = /^(?<lead>[│ ]*[├└]── )(?<part>\S*)(?: \((?<methods>[A-Z, ]+)\))?$/;

/** What the router itself says that it serves: `POST /channels.list`. HEAD stands beside every GET and is left out. */
export function mountedRoutes(application: NestFastifyApplication): string[] {
  const tree = application.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const parts: string[] = [];
  return tree
    .split('\n')
    .filter((text) => text !== '')
    .flatMap((text) => {
      const { lead = '', part = '', methods = '' } = line.exec(text)?.groups ?? {};
      if (lead === '') throw new Error(`Fastify draws its routes in another way: ${text}`);
      parts.splice(lead.length / INDENT - 1, Infinity, part);
      return methodsIn(methods).map((method) => `${method} ${parts.join('')}`);
    });
}

function methodsIn(text: string): string[] {
  return text.split(', ').filter((method) => method !== '' && method !== 'HEAD');
}
