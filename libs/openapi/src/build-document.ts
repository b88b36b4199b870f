import type { DynamicModule, Type } from '@nestjs/common';
import type { JsonSchema } from '#libs/http';
import { components } from './components.js';
import { describeCall } from './describe-call.js';
import { describeDoor, type DescribedDoor } from './describe-door.js';
import { findRoutes, type Route } from './find-routes.js';
import { SchemaBook } from './schema-book.js';

export interface DocumentOptions {
  readonly info: JsonSchema;
  /** By method and path: `GET /health/live`, `POST /webhooks/{channel_id}`. */
  readonly doors: (book: SchemaBook) => Readonly<Record<string, DescribedDoor>>;
}

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly content: JsonSchema;
}

/** OpenAPI 3.1 of everything that the module mounts. Throws with everything that is mounted and not described. */
export function buildDocument(module: Type | DynamicModule, { info, doors }: DocumentOptions): JsonSchema {
  const book = new SchemaBook();
  const { operations, gaps } = describeAll(book, findRoutes(module), doors(book));
  if (gaps.length > 0) throw new Error(`The API description has gaps:\n${gaps.map((gap) => `- ${gap}`).join('\n')}`);
  const paths = [...new Set(operations.map(({ path }) => path))].sort();
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/' }],
    tags: [...new Set(operations.flatMap(({ content }) => content['tags'] as string[]))]
      .sort()
      .map((name) => ({ name })),
    paths: Object.fromEntries(paths.map((path) => [path, itemOf(operations.filter((each) => each.path === path))])),
    components: { ...components, ...book.components() },
  };
}

function itemOf(operations: readonly Operation[]): JsonSchema {
  return Object.fromEntries(operations.map(({ method, content }) => [method.toLowerCase(), content]));
}

function describeAll(
  book: SchemaBook,
  routes: readonly Route[],
  doors: Readonly<Record<string, DescribedDoor>>,
): { operations: Operation[]; gaps: string[] } {
  const operations: Operation[] = [];
  const gaps: string[] = [];
  for (const { route, path } of routes.flatMap((each) => each.paths.map((path) => ({ route: each, path })))) {
    try {
      operations.push(describe(book, route, path, doors));
    } catch (error) {
      gaps.push(`${route.name} (${route.method} ${path}): ${(error as Error).message}`);
    }
  }
  return { operations, gaps };
}

function describe(
  book: SchemaBook,
  route: Route,
  mounted: string,
  doors: Readonly<Record<string, DescribedDoor>>,
): Operation {
  const { method, call } = route;
  const path = mounted.replaceAll(/:(\w+)/g, '{$1}');
  if (call !== undefined) return { path, method, content: describeCall(book, route, call, path) };
  const door = doors[`${method} ${path}`];
  if (door === undefined) throw new Error('is neither a @Call nor among the doors that are described by hand.');
  return { path, method, content: describeDoor(book, door, method, path) };
}
