import { isUtf8 } from 'node:buffer';
import { AppError } from '#libs/errors';

const MAX_DEPTH = 64;

/** The body of a call: an object, whose fields that are null are absent. Throws `AppError`. */
export function readJsonBody(bytes: Buffer, contentType: string | undefined): Record<string, unknown> {
  if (bytes.length === 0) return {};
  if (!isJson(contentType))
    throw new AppError(
      'media_type_unsupported',
      `The body is ${contentType ?? 'of no declared type'}: send it with Content-Type: application/json.`,
    );
  const body = parse(bytes);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('invalid_request', 'The body must be a JSON object.');
  refuseTraps(body);
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new AppError('invalid_request', 'The body is not UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause });
  }
}

/** Without recursion: what is refused here for its depth must not overflow our own stack. */
function refuseTraps(body: object): void {
  let level: object[] = [body];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new AppError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    level = level.flatMap(nestedIn);
  }
}

function nestedIn(value: object): object[] {
  if (!Array.isArray(value)) refusePollution(value);
  return Object.values(value).filter((nested) => typeof nested === 'object' && nested !== null) as object[];
}

/** Copied onto another object these keys would change its prototype. `constructor` alone is an innocent name. */
function refusePollution(value: object): void {
  const poisoned =
    Object.hasOwn(value, '__proto__') ||
    (Object.hasOwn(value, 'constructor') && hasPrototypeKey((value as { constructor: unknown }).constructor));
  if (poisoned)
    throw new AppError(
      'invalid_request',
      'The body has a key that is not allowed: __proto__ or constructor.prototype.',
    );
}

function hasPrototypeKey(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}
