import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Of the caller: equal on one connection. */
  readonly port: number | undefined;
}

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export type Respond = (response: ServerResponse, seen: SeenRequest) => void;

export interface GraphServer extends TestServer {
  readonly seen: SeenRequest[];
  /** Answers the calls that come, in order; the last one goes on answering. */
  respond(...responds: Respond[]): void;
  /** The JSON body of the first call. */
  firstBody(): unknown;
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Respond =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** Something on a free port that the client takes for the Graph API. */
export async function startGraphServer(): Promise<GraphServer> {
  const seen: SeenRequest[] = [];
  let queue: Respond[] = [];
  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      seen.push(read);
      const respond = queue.length > 1 ? queue.shift() : queue[0];
      respond?.(response, read);
    });
  });
  const url = await listen(server);
  return {
    url,
    seen,
    respond: (...responds) => {
      queue = responds;
    },
    firstBody: () => JSON.parse(seen[0]?.body ?? '') as unknown,
    stop: () => stop(server),
  };
}

/** Something that listens and does with each connection as it is told. */
export async function startRawServer(meet: (socket: Socket) => void): Promise<TestServer> {
  const sockets: Socket[] = [];
  const server = createRawServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    meet(socket);
  });
  const url = await listen(server);
  return {
    url,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

async function listen(server: NetServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://graph');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
    port: request.socket.remotePort,
  };
}
