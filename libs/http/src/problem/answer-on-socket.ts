import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '#libs/errors';
import { REQUEST_ID_HEADER } from '../request-id.js';
import { renderProblem } from './render-problem.js';

/** Where there is no reply to answer with, only the connection, which ends with it. */
export function answerOnSocket(
  socket: Duplex,
  problem: AppError,
  requestId: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const { status, headers, body } = renderProblem(problem, requestId);
  const lines = Object.entries({
    ...headers,
    ...more,
    [REQUEST_ID_HEADER]: requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
