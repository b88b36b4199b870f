import { readFileSync } from 'node:fs';

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

export interface Media {
  readonly schema?: JsonSchema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Described {
  readonly summary?: string;
  readonly deprecated?: boolean;
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses?: Readonly<Record<string, Response>>;
  readonly 'x-alias-of'?: string;
}

export interface ApiDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

export interface Operation extends Described {
  /** `GET` */
  readonly method: string;
  readonly path: string;
}

/** A call, under one of its names. */
export interface ApiCall extends Operation {
  readonly name: string;
  /** Of which it is another name, else its own. */
  readonly meant: string;
  readonly request: JsonSchema;
}

const json = 'application/json';

/** As `npm run generate` wrote it; that the product serves the same is a test of its own. */
export const documentText = readFileSync('docs/openapi.json', 'utf8');

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })),
  );
}

/** What is called with a key and JSON. */
export function callsOf(document: ApiDocument): ApiCall[] {
  return operationsOf(document)
    .filter(({ method, security = [] }) => method === 'POST' && security.length > 0)
    .map((operation) => {
      const name = operation.path.slice(1);
      const request = operation.requestBody?.content[json]?.schema ?? {};
      return { ...operation, name, meant: operation['x-alias-of'] ?? name, request };
    });
}

/** Values that the document itself shows for a call. */
export function examplesOf({ requestBody }: Operation): unknown[] {
  return Object.values(requestBody?.content[json]?.examples ?? {}).map(({ value }) => value);
}
