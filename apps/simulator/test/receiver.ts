import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** The events received, in order: the only item of each envelope. */
  items(): Record<string, unknown>[];
  /** What the next POSTs are answered with; 200 when used up. */
  readonly statuses: number[];
  /** Called before a POST is answered. */
  onPost: () => Promise<void> | void;
  close(): Promise<void>;
}

/** A callback URL: answers the verification GET with its challenge if the token is right, and keeps every POST. */
export async function startReceiver(verifyToken: string): Promise<Receiver> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then(async (raw) => {
      const { method = '', url = '', headers } = request;
      const query = new URL(url, 'http://receiver').searchParams;
      received.push({ method, url, headers, raw });
      if (method === 'GET') {
        const isRight = query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === verifyToken;
        response.writeHead(isRight ? 200 : 403).end(isRight ? query.get('hub.challenge') : '');
        return;
      }
      await receiver.onPost();
      response.writeHead(statuses.shift() ?? 200).end('EVENT_RECEIVED');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/webhooks/facebook`,
    received,
    statuses,
    items: () => received.filter(({ method }) => method === 'POST').map(({ raw }) => itemOf(raw)),
    onPost: () => undefined,
    close: () => closeServer(server),
  };
  return receiver;
}

function itemOf(raw: Buffer): Record<string, unknown> {
  const body = JSON.parse(raw.toString('utf8')) as { entry: { messaging: Record<string, unknown>[] }[] };
  return body.entry[0]?.messaging[0] ?? {};
}

function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
