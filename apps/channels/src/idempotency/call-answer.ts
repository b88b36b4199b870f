import type { HttpReply } from '#libs/http';

/** JSON text, not a value: a replay is the same bytes. */
export interface CallAnswer {
  readonly status: number;
  readonly body: string;
  readonly isReplayed: boolean;
}

export function newAnswer(value: unknown): CallAnswer {
  return { status: 200, body: JSON.stringify(value), isReplayed: false };
}

/** To be returned by a handler with `@Res({ passthrough: true })`. */
export function giveAnswer(reply: HttpReply, { status, body, isReplayed }: CallAnswer): string {
  void reply.status(status).header('content-type', 'application/json; charset=utf-8');
  if (isReplayed) void reply.header('idempotent-replayed', 'true');
  return body;
}
