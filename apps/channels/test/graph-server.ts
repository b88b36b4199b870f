import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export const appId = '1001';

/** As much of the Graph API as a connect asks for; the token `page-7` is one of page 7. */
export class GraphServer {
  readonly paths: string[] = [];
  /** Answers with it while it is set. */
  status: number | undefined;
  private gate: Promise<void> = Promise.resolve();
  private readonly fieldsOfPage = new Map<string, unknown>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<GraphServer> {
    const server = createServer();
    const graph = new GraphServer(server);
    server.on('request', (request, response) => {
      void graph.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return graph;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Holds every answer back until the function it gives is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://graph');
    const path = pathname.split('/').slice(2).join('/');
    this.paths.push(`${request.method ?? ''} ${path}`);
    const sent = request.method === 'POST' ? await readBody(request) : {};
    await this.gate;
    if (this.status !== undefined)
      return { status: this.status, body: { error: { code: 1, message: 'canary-token', type: 'x' } } };
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    return { status: 200, body: this.answerTo(path, { token, query: searchParams, sent }) };
  }

  private answerTo(path: string, { token, query, sent }: Asked): unknown {
    const pageId = pageOf(token);
    switch (path) {
      case 'debug_token':
        return {
          data: { is_valid: true, type: 'PAGE', app_id: appId, profile_id: pageOf(query.get('input_token') ?? '') },
        };
      case 'oauth/access_token':
        return { access_token: sent['fb_exchange_token'] };
      case 'me':
        return { id: pageId, name: `Page ${pageId}`, picture: { data: { url: 'https://cdn.example/page.png' } } };
      default:
        if (typeof sent['subscribed_fields'] === 'string') {
          this.fieldsOfPage.set(path, sent['subscribed_fields'].split(','));
          return { success: true };
        }
        return { data: [{ id: appId, subscribed_fields: this.fieldsOfPage.get(path) }] };
    }
  }
}

interface Asked {
  readonly token: string;
  readonly query: URLSearchParams;
  readonly sent: Readonly<Record<string, unknown>>;
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers['content-type']?.includes('form') !== true)
    return (await json(request)) as Record<string, unknown>;
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return Object.fromEntries(new URLSearchParams(text));
}

function pageOf(token: string): string {
  return token.replace('page-', '');
}
