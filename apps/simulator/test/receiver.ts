import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
}

export type Item = Record<string, unknown>;

export interface Envelope {
  readonly object: string;
  readonly entry: readonly {
    readonly id: string;
    readonly time: number;
    readonly messaging?: readonly Item[];
    readonly standby?: readonly Item[];
  }[];
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** The events received, in order. */
  items(): Item[];
  /** The bodies of the POSTs. */
  bodies(): Envelope[];
  /** What the next POSTs are answered with; 200 when used up. */
  readonly statuses: number[];
  /** Called before a POST is answered. */
  onPost: () => Promise<void> | void;
  /** Called after a POST was answered, for each of its items. */
  onItem: (item: Item) => Promise<void> | void;
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
      for (const item of itemsOf(envelopeIn(raw))) await receiver.onItem(item);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/webhooks/facebook`,
    received,
    statuses,
    bodies: () => received.filter(({ method }) => method === 'POST').map(({ raw }) => envelopeIn(raw)),
    items: () => receiver.bodies().flatMap(itemsOf),
    onPost: () => undefined,
    onItem: () => undefined,
    close: () => closeServer(server),
  };
  return receiver;
}

function envelopeIn(raw: Buffer): Envelope {
  return JSON.parse(raw.toString('utf8')) as Envelope;
}

function itemsOf({ entry = [] }: Partial<Envelope>): Item[] {
  return entry.flatMap(({ messaging = [], standby = [] }) => [...messaging, ...standby]);
}

function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
