import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = await listenOn(0);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Takes a port, unless somebody has it already: taken it is in any case. */
export async function occupy(port: number): Promise<{ release(): void }> {
  const server = await listenOn(port).catch(() => undefined);
  return { release: () => server?.close() };
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
