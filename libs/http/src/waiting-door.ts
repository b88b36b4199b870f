import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { AppError } from '#libs/errors';
import { renderProblem } from './problem/render-problem.js';
import { REQUEST_ID_HEADER } from './request-id.js';

export interface WaitingDoor {
  /** The port is free afterwards. */
  close(): Promise<void>;
}

/** Stands where the real door will stand, while the process cannot begin: alive, not ready, and it says why. */
export async function openWaitingDoor(host: string, port: number, reason: string): Promise<WaitingDoor> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    if (path === '/health/live') answer(response, 200, { 'content-type': 'application/json' }, '{"status":"ok"}');
    else refuse(response, reason);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refuse(response: ServerResponse, reason: string): void {
  const requestId = randomUUID();
  const { status, headers, body } = renderProblem(new AppError('unavailable', reason), requestId);
  answer(response, status, { ...headers, [REQUEST_ID_HEADER]: requestId }, body);
}

/** The connection ends with it: it would keep the port from the real door. */
function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
}
