import { AppError } from '#libs/errors';

const visibleAscii = /^[\x21-\x7e]{1,255}$/;

/** The header's value, checked; undefined: the call bears none. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && visibleAscii.test(header)) return header;
  throw new AppError('invalid_request', 'Idempotency-Key must be 1 to 255 characters of visible ASCII.', {
    errors: [{ field: 'Idempotency-Key', message: 'must be 1 to 255 characters of visible ASCII' }],
  });
}
