import type { ErrorCode } from '#libs/errors';
import type { DescribedCall, JsonSchema } from '#libs/http';
import type { Route } from './find-routes.js';
import { commonRefusals, refusalResponses } from './refusals.js';
import { requestSchema } from './request-schema.js';
import type { SchemaBook } from './schema-book.js';

/** Ids of ours: one of another workspace, or of nothing, is not found. */
const ownId = /^(id|(channel|conversation|message|workspace|account|api_key|endpoint)_id)$/;

const idempotencyKey = { $ref: '#/components/parameters/Idempotency-Key' };

/** The operation of a call under one of its paths. */
export function describeCall(book: SchemaBook, route: Route, call: DescribedCall, path: string): JsonSchema {
  const isAlias = path !== `/${call.name}`;
  const request = schemaOfRequest(book, route, call);
  return {
    operationId: path.slice(1),
    tags: [call.name.slice(0, call.name.lastIndexOf('.'))],
    summary: call.summary,
    description: descriptionOf(call, isAlias),
    ...(isAlias && { deprecated: true, 'x-alias-of': call.name }),
    security: [{ apiKey: [call.scope] }],
    parameters: [
      ...(call.idempotent === true ? [idempotencyKey] : []),
      { $ref: '#/components/parameters/X-Request-Id' },
    ],
    requestBody: {
      required: 'required' in request,
      content: { 'application/json': { schema: request, ...examplesOf(call) } },
    },
    responses: { ...answerOf(book, call), ...refusalResponses(book, refusalsOf(call, request)) },
  };
}

function schemaOfRequest(book: SchemaBook, { dto }: Route, { request }: DescribedCall): JsonSchema {
  if (request !== undefined) return book.schemaOf(request, 'input');
  return dto === undefined ? { type: 'object', properties: {} } : requestSchema(book, dto);
}

function descriptionOf({ name, scope, idempotent }: DescribedCall, isAlias: boolean): string {
  return [
    ...(isAlias ? [`Another name of \`${name}\`, for clients of Airy.`] : []),
    `The key needs the scope \`${scope}\`.`,
    ...(idempotent === true ? ['With an `Idempotency-Key` it is done once, however often it is called.'] : []),
  ].join(' ');
}

function examplesOf({ examples }: DescribedCall): JsonSchema {
  if (examples === undefined) return {};
  const entries = Object.entries(examples).map(([summary, value]) => [keyOf(summary), { summary, value }] as const);
  return { examples: Object.fromEntries(entries) };
}

/** Keys of examples are made of few characters. */
function keyOf(summary: string): string {
  return summary.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function answerOf(book: SchemaBook, { answer, idempotent }: DescribedCall): JsonSchema {
  const names = [
    'X-Request-Id',
    'RateLimit',
    'RateLimit-Policy',
    ...(idempotent === true ? ['Idempotent-Replayed'] : []),
  ];
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  if (answer === null) return { 204: { description: 'Done; there is nothing to say.', headers } };
  const content = { 'application/json': { schema: book.schemaOf(answer, 'output') } };
  return { 200: { description: 'Done.', headers, content } };
}

function refusalsOf(call: DescribedCall, request: JsonSchema): readonly ErrorCode[] {
  const fields = Object.keys(request['properties'] ?? {});
  return [
    ...commonRefusals,
    ...(fields.includes('cursor') ? (['cursor_invalid'] as const) : []),
    ...(fields.includes('filters') ? (['filter_unsupported'] as const) : []),
    ...(fields.some((field) => ownId.test(field)) ? (['not_found'] as const) : []),
    ...(call.idempotent === true ? (['idempotency_in_progress', 'idempotency_key_reused'] as const) : []),
    ...(call.refusals ?? []),
  ];
}
