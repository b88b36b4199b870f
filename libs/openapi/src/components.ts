import type { JsonSchema } from '#libs/http';

const requestId = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };

/** Everything that has a name and is no shape. */
export const components: JsonSchema = {
  securitySchemes: {
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key. The scopes it needs stand with each call; `admin` includes all others.',
    },
  },
  parameters: {
    'Idempotency-Key': {
      name: 'Idempotency-Key',
      in: 'header',
      description:
        'The same key, path and body get the first answer again, for at least 24 hours, with `Idempotent-Replayed: true`.',
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
    },
    'X-Request-Id': {
      name: 'X-Request-Id',
      in: 'header',
      description: 'Yours, to find the call in the log; one of ours where it is left out.',
      schema: requestId,
    },
  },
  headers: {
    'X-Request-Id': { description: 'Of this call, as the log has it.', schema: requestId },
    RateLimit: {
      description: 'What is left for the key, and in how many seconds it is refilled.',
      schema: { type: 'string' },
      example: '"default";r=499;t=1',
    },
    'RateLimit-Policy': {
      description: 'Calls that the key may make in a window of seconds.',
      schema: { type: 'string' },
      example: '"default";q=500;w=1',
    },
    'Retry-After': { description: 'Whole seconds to wait.', schema: { type: 'integer', minimum: 1 } },
    'Idempotent-Replayed': {
      description: 'Only there when this is the answer of an earlier call with the same `Idempotency-Key`.',
      schema: { const: 'true' },
    },
  },
};
