import type { WebSocket } from 'ws';
import { AppError } from '#libs/errors';
import type { Upgrade } from '#libs/http';

/** Compression is off: its contexts cost each client some 300 KB. */
const options = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  /** Bytes: clients have nothing to say here, and who says more is closed with 1009. */
  maxPayload: 4_096,
  /** For so long the other side may take to answer our close, ms. */
  closeTimeout: 5_000,
};

/** RFC 6455 §4. Throws `invalid_request` when the request is no handshake. */
export async function shakeHands({ request, connection, head, headers }: Upgrade): Promise<WebSocket> {
  // loaded when the first client asks for it: nobody else waits for it or gives it room
  const { WebSocketServer } = await import('ws');
  // one for each handshake, so that what it tells is about this one; it holds nothing afterwards
  const server = new WebSocketServer(options);
  return new Promise((resolve, reject) => {
    server.once('wsClientError', (error: Error) => {
      reject(new AppError('invalid_request', `This is no WebSocket handshake: ${error.message}.`));
    });
    server.once('headers', (lines: string[]) => {
      lines.push(...Object.entries(headers).map(([name, value]) => `${name}: ${value}`));
    });
    server.handleUpgrade(request, connection, head, (socket) => {
      // what is wrong with a frame closes the socket, with a code that says so
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
