import { AppError } from '#libs/errors';
import type { CallBody } from '../calls/call-body.js';
import { invalidField } from '../calls/invalid-field.js';

const maxIdLength = 512;

/** The contact's id at the source, given alone or as `recipient: {id}`; undefined: neither is there. */
export function readRecipient({ source_recipient_id: plain, recipient }: CallBody): string | undefined {
  if (recipient === undefined) return plain as string | undefined;
  if (plain !== undefined) throw invalidField('recipient', 'must not stand beside source_recipient_id');
  const { id, ...others } = recipient as { readonly id?: unknown };
  if (Object.keys(others).length > 0)
    throw new AppError('content_not_sendable', 'Of all forms of recipient only {id} can be sent to yet.', {
      errors: Object.keys(others).map((key) => ({ field: `recipient.${key}`, message: 'can not be sent to yet' })),
    });
  if (typeof id !== 'string' || id === '' || id.length > maxIdLength)
    throw invalidField('recipient.id', `must be a text of 1 to ${maxIdLength} characters`);
  return id;
}
