import type { HttpServer } from '../http-types.js';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** Remembers what is mounted, so that a wrong method can be told from a wrong path. */
export class KnownRoutes {
  private readonly routes: KnownRoute[] = [];

  watch(server: HttpServer): void {
    server.addHook('onRoute', ({ url, method }) => {
      // the catch-all of CORS is everywhere and nowhere
      if (url !== '*') this.routes.push({ pattern: patternOf(url), methods: [method].flat() });
    });
  }

  /** Sorted; empty when nothing is served under the path. */
  methodsAt(url: string): readonly string[] {
    const [path = '/'] = url.split('?');
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

/** `/webhooks/:source/*` → a regular expression; a trailing slash is accepted, as the router does. */
function patternOf(url: string): RegExp {
  const parts = url
    .replace(/\/$/, '')
    .split('/')
    .map((part) => {
      if (part === '*') return '.*';
      return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    });
  return new RegExp(`^${parts.join('/')}/?$`);
}
