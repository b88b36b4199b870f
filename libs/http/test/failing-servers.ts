import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface FailingServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Stands where PostgreSQL should and does this with whoever comes. */
export async function startFailingServer(treat: (socket: Socket) => void): Promise<FailingServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    treat(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlOf(server),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function urlOf(server: Server): string {
  return `postgres://parley:secret@127.0.0.1:${(server.address() as AddressInfo).port}/parley`;
}

/** What a promise is rejected with; that it is not is a fault of the test. */
export async function rejectionOf(asked: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([asked]);
  if (outcome.status === 'fulfilled') throw new Error('It did not fail.');
  return outcome.reason;
}
