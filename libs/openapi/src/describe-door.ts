import type { ErrorCode } from '#libs/errors';
import type { JsonSchema } from '#libs/http';
import { refusalResponses } from './refusals.js';
import type { SchemaBook } from './schema-book.js';

/** What the API description says of a route that is no call. */
export interface DescribedDoor {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Of the key; a door without one is open to everybody. */
  readonly scope?: string;
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  /** By status: OpenAPI's responses. */
  readonly answers: Readonly<Record<string, JsonSchema>>;
  readonly refusals: readonly ErrorCode[];
}

/** Parameters of the path are only those that stand in it: a door may have several paths. */
export function describeDoor(book: SchemaBook, door: DescribedDoor, method: string, path: string): JsonSchema {
  const { tag, summary, description, scope, parameters = [], requestBody } = door;
  const fitting = parameters.filter(
    (parameter) => parameter['in'] !== 'path' || path.includes(`{${nameOf(parameter)}}`),
  );
  return {
    operationId: `${method} ${path}`,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: scope === undefined ? [] : [{ apiKey: [scope] }],
    ...(fitting.length > 0 && { parameters: fitting }),
    ...(requestBody !== undefined && { requestBody }),
    responses: { ...door.answers, ...refusalResponses(book, door.refusals) },
  };
}

function nameOf(parameter: JsonSchema): string {
  return String(parameter['name']);
}
