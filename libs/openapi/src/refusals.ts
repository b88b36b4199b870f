import { errorCodes, type ErrorCode } from '#libs/errors';
import type { JsonSchema } from '#libs/http';
import { problemSchema } from './problem.schema.js';
import type { SchemaBook } from './schema-book.js';

type Responses = Readonly<Record<string, JsonSchema>>;

/** What every call can meet. */
export const commonRefusals: readonly ErrorCode[] = [
  'invalid_request',
  'unauthorized',
  'scope_missing',
  'body_too_large',
  'media_type_unsupported',
  'rate_limited',
  'internal',
  'unavailable',
];

const waits: readonly ErrorCode[] = ['idempotency_in_progress', 'rate_limited', 'unavailable'];

/** The responses of these codes, by status. */
export function refusalResponses(book: SchemaBook, codes: readonly ErrorCode[]): Responses {
  const unique = [...new Set(codes)];
  const statuses = [...new Set(unique.map((code) => errorCodes[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const together = unique.filter((code) => errorCodes[code].status === status).sort();
      return [String(status), book.responseOf(together.join('.'), refusalResponse(book, together))];
    }),
  );
}

function refusalResponse(book: SchemaBook, codes: readonly ErrorCode[]): JsonSchema {
  const headers = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } };
  const wait = codes.some((code) => waits.includes(code)) && {
    'Retry-After': { $ref: '#/components/headers/Retry-After' },
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code].title}. ${errorCodes[code].remedy}`).join('\n\n'),
    headers: { ...headers, ...wait },
    content: {
      'application/problem+json': {
        schema: { ...book.schemaOf(problemSchema, 'output'), properties: { code: { enum: codes } } },
      },
    },
  };
}
