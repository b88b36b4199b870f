import { AppError } from '#libs/errors';

export interface FieldError {
  /** Path with dots: `content.attachments.0.type`. */
  readonly field: string;
  readonly message: string;
}

const MAX_NAMED = 3;
const MAX_LISTED = 50;

export function invalidRequest(errors: readonly FieldError[]): AppError {
  const named = errors.slice(0, MAX_NAMED).map(sentenceOf);
  const more = errors.length > MAX_NAMED ? [`and ${errors.length - MAX_NAMED} more`] : [];
  return new AppError('invalid_request', [...named, ...more].join('; '), { errors: errors.slice(0, MAX_LISTED) });
}

/** class-validator's messages begin with the name of the field, zod's do not. */
function sentenceOf({ field, message }: FieldError): string {
  const name = field.slice(field.lastIndexOf('.') + 1);
  return message.startsWith(`${name} `) ? `${field}${message.slice(name.length)}` : `${field}: ${message}`;
}
