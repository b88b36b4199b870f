import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { invalidRequest, type FieldError } from './invalid-request.js';

/** Unknown fields are ignored (wire.md §2), so they do not reach a handler either. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    transform: true,
    exceptionFactory: (errors) => invalidRequest(errors.flatMap((error) => fieldErrors(error, ''))),
  });
}

function fieldErrors({ property, constraints = {}, children = [] }: ValidationError, parent: string): FieldError[] {
  const field = `${parent}${property}`;
  return [
    ...Object.values(constraints).map((message) => ({ field, message })),
    ...children.flatMap((child) => fieldErrors(child, `${field}.`)),
  ];
}
