import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export const appId = '1001';

/** As much of the Graph API as channels ask for; `page-7` is a token of page 7, and so is `page-7:new`. */
export class GraphServer {
  readonly paths: string[] = [];
  /** Answers with it while it is set. */
  status: number | undefined;
  /** Waits for up to this long before it acts, and as long again before it answers. */
  slowMs = 0;
  /** By `POST 7/subscribed_apps`, and the like: what is answered instead, until it is deleted. */
  readonly refusals = new Map<string, Refusal>();
  private readonly appOfToken = new Map<string, string>();
  private readonly gates = new Map<string, Promise<void>>();
  private readonly fieldsOfPage = new Map<string, readonly string[]>();

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

  /** What the page sends to our app; undefined: it is not subscribed. */
  subscribedFields(pageId: string): readonly string[] | undefined {
    return this.fieldsOfPage.get(`${pageId}/subscribed_apps`);
  }

  /** As Facebook does after an hour of failures. */
  unsubscribe(pageId: string): void {
    this.fieldsOfPage.delete(`${pageId}/subscribed_apps`);
  }

  calls(call: string): number {
    return this.paths.filter((path) => path === call).length;
  }

  /** Does nothing with these calls (default: with any) until the function it gives is called. */
  hold(call = '*'): () => void {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.gates.set(call, gate);
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
    const { method = '' } = request;
    this.paths.push(`${method} ${path}`);
    const sent = method === 'POST' ? await readBody(request) : {};
    await Promise.all([this.gates.get('*'), this.gates.get(`${method} ${path}`)]);
    await delay(Math.random() * this.slowMs);
    const refusal = this.refusals.get(`${method} ${path}`);
    if (refusal !== undefined) return refused(refusal);
    if (this.status !== undefined) return refused({ status: this.status, code: 1 });
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const body = this.answerTo(path, { method, token, query: searchParams, sent });
    await delay(Math.random() * this.slowMs);
    return { status: 200, body };
  }

  private answerTo(path: string, asked: Asked): unknown {
    const { token, query, sent } = asked;
    const pageId = pageOf(token);
    switch (path) {
      case 'debug_token':
        return { data: this.debug(query.get('input_token') ?? '', token) };
      case 'oauth/access_token':
        return { access_token: sent['fb_exchange_token'] };
      case 'me':
        return { id: pageId, name: `Page ${pageId}`, picture: { data: { url: 'https://cdn.example/page.png' } } };
      default:
        return this.answerSubscription(path, asked);
    }
  }

  /** Whoever asks first has made the token. */
  private debug(token: string, asking: string): object {
    const made = this.appOfToken.get(token) ?? asking.split('|')[0] ?? '';
    this.appOfToken.set(token, made);
    return { is_valid: true, type: 'PAGE', app_id: made, profile_id: pageOf(token) };
  }

  /** https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps */
  private answerSubscription(path: string, { method, sent, token }: Asked): unknown {
    if (method === 'DELETE') this.fieldsOfPage.delete(path);
    if (typeof sent['subscribed_fields'] === 'string')
      this.fieldsOfPage.set(path, sent['subscribed_fields'].split(','));
    if (method !== 'GET') return { success: true };
    const held = this.fieldsOfPage.get(path);
    return { data: held === undefined ? [] : [{ id: this.appOfToken.get(token) ?? appId, subscribed_fields: held }] };
  }
}

/** https://developers.facebook.com/docs/graph-api/guides/error-handling */
export interface Refusal {
  readonly status: number;
  readonly code: number;
}

interface Asked {
  readonly method: string;
  readonly token: string;
  readonly query: URLSearchParams;
  readonly sent: Readonly<Record<string, unknown>>;
}

function refused({ status, code }: Refusal): { status: number; body: unknown } {
  return { status, body: { error: { code, message: 'canary-token', type: 'x' } } };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers['content-type']?.includes('form') !== true)
    return (await json(request)) as Record<string, unknown>;
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return Object.fromEntries(new URLSearchParams(text));
}

function pageOf(token: string): string {
  return token.replace('page-', '').replace(/:.*/, '');
}
