import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from '../answer.js';
import type { ApiDocument, JsonSchema, Operation } from './api-document.js';

const json = 'application/json';
const problem = 'application/problem+json';

/** Holds values against the schemas of the document, by JSON Schema 2020-12. */
export class ApiSchemas {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: ApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(document, 'document', undefined, false);
  }

  /** What is wrong with the request that was sent. */
  complaintsAboutBody({ path }: Operation, body: unknown): string[] {
    return this.complaints(['paths', path, 'post', 'requestBody', 'content', json, 'schema'], body);
  }

  /** What in the answer is not as the operation says: status, type or shape. */
  complaintsAbout(operation: Operation, answer: Answer): string[] {
    const { responses = {}, path, method } = operation;
    const status = String(answer.status);
    const response = responses[status];
    if (response === undefined) return [`${status} is not among its answers: ${answer.text.slice(0, 300)}`];
    if (answer.status === 204) return answer.text === '' ? [] : ['204 with a body'];
    const expected = answer.status < 400 ? json : problem;
    const type = typeOf(answer);
    if (type !== expected) return [`its type is ${type}`];
    const place = response.$ref?.slice(2).split('/') ?? ['paths', path, method.toLowerCase(), 'responses', status];
    return this.complaints([...place, 'content', expected, 'schema'], JSON.parse(answer.text));
  }

  private complaints(place: readonly string[], value: unknown): string[] {
    const validate = this.validatorAt(place);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath || 'it'} ${message}`);
  }

  private validatorAt(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const found = this.ajv.getSchema(`document#/${pointer}`);
    if (found === undefined) throw new Error(`The document has no schema at ${pointer}`);
    return found;
  }
}

function typeOf({ headers }: Answer): string {
  return headers.get('content-type')?.split(';')[0] ?? 'none';
}

/** What the OpenAPI Initiative's own schema finds wrong with the document, and what is no JSON Schema in it. */
export function complaintsAboutDocument(document: ApiDocument): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('media-range', /^[^/\s]+\/[^/\s]+$/);
  const validate = ajv.compile(JSON.parse(readFileSync('test/fixtures/openapi-3.1.schema.json', 'utf8')) as object);
  const errors = validate(document) ? [] : (validate.errors ?? []);
  const invalid = schemasIn(document).filter((schema) => ajv.validateSchema(schema) !== true);
  return [
    ...errors.map(({ instancePath, message = '' }) => `${instancePath} ${message}`),
    ...invalid.map((schema) => `no JSON Schema: ${JSON.stringify(schema).slice(0, 200)}`),
  ];
}

/** Everything under a `schema`, and every shape with a name. */
function schemasIn(value: unknown): JsonSchema[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'schema') return [inner as JsonSchema];
    return key === 'schemas' ? Object.values(inner as Record<string, JsonSchema>) : schemasIn(inner);
  });
}
