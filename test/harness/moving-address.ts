import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address for a server that comes back elsewhere: what a process is configured with stays right. */
export interface MovingAddress {
  /** The URL that was given, by way of us. */
  urlOf(url: string): string;
  /** From now on everything goes there. */
  moveTo(url: string): void;
  close(): Promise<void>;
}

export async function openMovingAddress(): Promise<MovingAddress> {
  let target = 0;
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (url) => {
      const moved = new URL(url);
      moved.port = String(port);
      return moved.href;
    },
    moveTo: (url) => {
      target = Number(new URL(url).port);
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
