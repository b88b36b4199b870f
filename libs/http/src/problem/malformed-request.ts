import type { Socket } from 'node:net';
import { AppError } from '#libs/errors';
import type { HttpReply, HttpRequest } from '../http-types.js';
import { REQUEST_ID_HEADER, requestIdOf } from '../request-id.js';
import { answerOnSocket } from './answer-on-socket.js';
import { renderProblem } from './render-problem.js';

/** A path that the router itself cannot read; it comes here before any hook has run. */
export function answerUnroutable(_error: Error, request: HttpRequest, reply: HttpReply): void {
  const { status, headers, body } = renderProblem(
    new AppError('invalid_request', 'The path of this request cannot be read.'),
    request.id,
  );
  void reply
    .status(status)
    .headers({ ...headers, [REQUEST_ID_HEADER]: request.id })
    .send(body);
}

/** Bytes that are no HTTP, headers that are too large, a request that does not end: there is only a socket to answer on. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new AppError('invalid_request', 'This is not a complete HTTP request.');
  answerOnSocket(socket, problem, requestIdOf({ headers: {} }));
}
