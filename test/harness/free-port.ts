import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { only } from './only.js';

interface FreePorts {
  freePorts(count: number): Promise<number[]>;
}
const script = new URL('../free-ports.mjs', import.meta.url).href;

/** A port that nobody listens on just now, and that no connection that goes out is given. */
export async function freePort(): Promise<number> {
  const { freePorts } = (await import(script)) as FreePorts;
  return only(await freePorts(1));
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
