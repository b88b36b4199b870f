import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands before PostgreSQL and can keep new connections waiting, as a slow network does. */
export interface HoldingProxy {
  readonly url: string;
  /** From now on new connections wait until `release`. */
  hold(): void;
  release(): void;
  held(): number;
  open(): number;
  close(): Promise<void>;
}

export async function startHoldingProxy(serverUrl: string): Promise<HoldingProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  let isHolding = false;

  const pass = (socket: Socket): void => {
    const upstream = connect(Number(target.port), target.hostname);
    socket.pipe(upstream).pipe(socket);
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (isHolding) waiting.push(socket);
    else pass(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hold: () => {
      isHolding = true;
    },
    release: () => {
      isHolding = false;
      for (const socket of waiting.splice(0)) pass(socket);
    },
    held: () => waiting.length,
    open: () => sockets.size,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
