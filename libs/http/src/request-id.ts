import type { IncomingMessage } from 'node:http';
import { uuid7 } from '#libs/messaging';

export const REQUEST_ID_HEADER = 'x-request-id';

/** The caller's id if it is harmless in logs and headers, else one of ours. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : uuid7(Date.now());
}
