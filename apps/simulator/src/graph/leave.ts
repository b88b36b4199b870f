import type { ServerResponse } from 'node:http';
import { NEVER, of, type Observable } from 'rxjs';
import type { Fault } from './fault.store.js';
import { GraphAnswer } from './graph-answer.js';
import { refusal } from './graph-error.js';
import type { GraphReply } from './graph-request.js';

/** The answer of a call that was carried out, as it leaves: whole, or as the fault spoils it. */
export function leave(result: unknown, reply: GraphReply, fault: Fault | null): Observable<unknown> {
  const body = result instanceof GraphAnswer ? result.body : result;
  if (result instanceof GraphAnswer) runAfterAnswer(result, reply.raw, fault?.mode === 'accept_then_hang');
  switch (fault?.mode) {
    case 'accept_then_hang':
      return hang();
    case 'accept_then_500':
      throw refusal('service');
    case 'garbage':
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Sorry</title>');
      return hang();
    case 'half':
      reply.hijack();
      cutInTheMiddle(reply.raw, JSON.stringify(body));
      return hang();
    default:
      return of(body);
  }
}

/** The connection stays open until the caller gives up. */
function hang(): Observable<never> {
  return NEVER;
}

/** For faults that take nothing and answer nothing. */
export function withhold(fault: Fault | null, reply: GraphReply): Observable<never> | null {
  if (fault?.mode === 'hang') return hang();
  return fault?.mode === 'reset' ? reset(reply) : null;
}

/** The caller sees ECONNRESET. */
function reset(reply: GraphReply): Observable<never> {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
  return hang();
}

function runAfterAnswer(answer: GraphAnswer, raw: ServerResponse, isNeverAnswered: boolean): void {
  if (isNeverAnswered || raw.closed) answer.afterwards();
  else raw.once('close', answer.afterwards);
}

function cutInTheMiddle(raw: ServerResponse, text: string): void {
  raw.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  raw.write(text.slice(0, Math.floor(text.length / 2)), () => {
    raw.destroy();
  });
}
