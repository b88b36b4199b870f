import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux and macOS give to connections that go out: who has such a port still has it after a restart. */
const first = 15_000;
const last = 32_000;

/** So many ports that nobody listens on just now, no two the same. */
export async function freePorts(count) {
  const servers = [];
  // held all at once
  while (servers.length < count) servers.push(await listenSomewhere());
  const ports = servers.map((server) => server.address().port);
  await Promise.all(
    servers.map((server) => {
      server.close();
      return once(server, 'close');
    }),
  );
  return ports;
}

async function listenSomewhere() {
  for (;;) {
    const server = createServer().listen(randomInt(first, last), '127.0.0.1');
    const isListening = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isListening) return server;
  }
}
