import { types } from 'node:util';

const MAX_CAUSES = 5;

/** Also of errors from another realm, as Node's own are inside a test runner. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** What is worth knowing of an error that a library made: PostgreSQL's and Node's own words, nothing with values in it. */
const safeProperties = ['code', 'syscall', 'constraint', 'table', 'status', 'statusCode', 'subcode', 'trace'] as const;

/** Never the request, its headers, a statement's parameters or a row: what is not named here is left out. */
export function serialiseError(error: Error, depth = 0): Record<string, unknown> {
  const serialised: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack };
  for (const property of safeProperties) {
    const value: unknown = Reflect.get(error, property);
    if (typeof value === 'string' || typeof value === 'number') serialised[property] = value;
  }
  if (depth >= MAX_CAUSES) return serialised;
  if (isError(error.cause)) serialised['cause'] = serialiseError(error.cause, depth + 1);
  if ('errors' in error && Array.isArray(error.errors)) serialised['errors'] = causesOf(error.errors, depth);
  return serialised;
}

function causesOf(errors: readonly unknown[], depth: number): Record<string, unknown>[] {
  return errors
    .filter(isError)
    .slice(0, MAX_CAUSES)
    .map((cause) => serialiseError(cause, depth + 1));
}
