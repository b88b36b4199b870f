import { REDACTED } from './scrub-text.js';
import { isError, serialiseError } from './serialise-error.js';

const MAX_DEPTH = 10;
const MAX_ITEMS = 50;

/** Compared without case, `_` and `-`, at any depth. The last group is what people write to each other. */
const secretKeys = new Set([
  ...['password', 'passwd', 'ticket', 'encryptionkey', 'privatekey', 'databaseurl', 'connectionstring'],
  ...['credentials', 'appsecretproof', 'xhubsignature', 'xhubsignature256', 'signature'],
  ...['text', 'content', 'body', 'rawbody', 'raw', 'payload', 'attachments', 'quickreplies', 'snippet'],
  ...['firstname', 'lastname', 'displayname', 'email', 'phone', 'avatarurl'],
]);
const secretEndings = [
  'token',
  'tokens',
  'secret',
  'secrets',
  'sealed',
  'apikey',
  'cookie',
  'cookies',
  'authorization',
];

/** A copy that may be written to a log: redaction by key at every depth, errors by our own serialiser. */
export function redactRecord(record: object): Record<string, unknown> {
  return redactEntries(record, 0, [record]);
}

/** `above`: what it lies in, itself too. A list: there are a few, and a `Set` for each line costs more than all else here. */
function redactEntries(record: object, depth: number, above: object[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(record)) {
    const value = (record as Record<string, unknown>)[key];
    const redacted = isSecretKey(key) ? mask(value) : redactValue(value, depth, above);
    // as a plain key it would become the copy's prototype
    if (key === '__proto__') Object.defineProperty(copy, key, { value: redacted, enumerable: true });
    else copy[key] = redacted;
  }
  return copy;
}

/** Absence is worth knowing, and no secret. */
function mask(value: unknown): unknown {
  return value === null || value === undefined ? value : REDACTED;
}

/** What was asked before: the same few keys come again with every line. */
const judged = new Map<string, boolean>();
/** Keys that come from outside must not fill the memory. */
const maxJudged = 1_000;

function isSecretKey(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const isSecret = soundsSecret(key);
  if (judged.size < maxJudged) judged.set(key, isSecret);
  return isSecret;
}

function soundsSecret(key: string): boolean {
  const plain = key.toLowerCase().replace(/[_-]/g, '');
  return secretKeys.has(plain) || secretEndings.some((ending) => plain.endsWith(ending));
}

function redactValue(value: unknown, depth: number, above: object[]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (above.includes(value) || depth >= MAX_DEPTH) return '[…]';
  above.push(value);
  const copy = redactObject(value, depth + 1, above);
  above.pop();
  return copy;
}

function redactObject(value: object, depth: number, above: object[]): unknown {
  if (isError(value)) return redactEntries(serialiseError(value), depth, above);
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth, above));
  return redactEntries(value, depth, above);
}
