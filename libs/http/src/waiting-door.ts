import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError } from '#libs/errors';
import { renderProblem } from './problem/render-problem.js';
import { REQUEST_ID_HEADER } from './request-id.js';

export interface WaitingDoor {
  /** The port is free afterwards. */
  close(): Promise<void>;
}

/** Answered 200. */
export interface EarlyAnswer {
  readonly text: string;
  readonly requestId: string;
}

/** What a process can do before it can begin. */
export interface EarlyWork {
  /** Null, or an error: not now. */
  answer(request: IncomingMessage): Promise<EarlyAnswer | null>;
  /** A sentence. */
  waits(): string;
  close(): Promise<void>;
}

/** Stands where the real door will stand, while the process cannot begin: alive, not ready, and it says why. */
export async function openWaitingDoor(
  host: string,
  port: number,
  reason: string,
  work: EarlyWork | null = null,
): Promise<WaitingDoor> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    if (path === '/health/live') answer(response, 200, { 'content-type': 'application/json' }, '{"status":"ok"}');
    else void answerEarly(request, response, { reason, work });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await work?.close();
    },
  };
}

async function answerEarly(
  request: IncomingMessage,
  response: ServerResponse,
  { reason, work }: { readonly reason: string; readonly work: EarlyWork | null },
): Promise<void> {
  const early = (await work?.answer(request).catch(() => null)) ?? null;
  if (early === null) {
    refuse(response, work === null ? reason : `${reason} ${work.waits()}`);
    return;
  }
  const headers = { 'content-type': 'text/plain; charset=utf-8', [REQUEST_ID_HEADER]: early.requestId };
  answer(response, 200, headers, early.text);
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
