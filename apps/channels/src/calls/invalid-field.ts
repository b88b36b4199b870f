import { AppError } from '#libs/errors';

/** For what no decorator of a DTO can say. */
export function invalidField(field: string, message: string): AppError {
  return new AppError('invalid_request', `${field}: ${message}`, { errors: [{ field, message }] });
}
