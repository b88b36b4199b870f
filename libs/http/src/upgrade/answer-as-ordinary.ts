import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

interface Offered {
  readonly request: IncomingMessage;
  readonly connection: Duplex;
  readonly head: Buffer;
}

const hopByHop = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * Java's HttpClient and `curl --http2` offer HTTP/2 with every ordinary call. RFC 9110 §7.8 lets a server ignore that, but
 * Node, once somebody listens for upgrades, gives all of them to him: the request is read once more, without the offer.
 */
export function answerAsOrdinary(server: Server, { request, connection, head }: Offered): void {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  const lines = rawHeaders.flatMap((name, index) => {
    if (index % 2 === 1 || hopByHop.has(name.toLowerCase())) return [];
    return `${name}: ${rawHeaders[index + 1] ?? ''}\r\n`;
  });
  connection.unshift(
    Buffer.concat([Buffer.from(`${method} ${url} HTTP/${httpVersion}\r\n${lines.join('')}\r\n`, 'latin1'), head]),
  );
  server.emit('connection', connection);
}
