import { asText, type JsonObject } from '../json.js';
import { invalidParameter } from './graph-error.js';

/** The names in `fields`, without their sub-fields and modifiers: `id,picture.type(large){url}` → id, picture. */
export function requestedFields(parameters: JsonObject): string[] | null {
  const fields = asText(parameters['fields']);
  if (fields === undefined || fields.trim() === '') return null;
  const flat = fields.replace(/\{[^}]*\}|\([^)]*\)/g, '');
  return flat.split(',').map((field) => field.trim().split('.')[0] ?? '');
}

/** Those asked for of an edge: `messages.limit(5){id,from}` → id, from; null: none are named. */
export function subFields(parameters: JsonObject, edge: string): string[] | null {
  const braces = new RegExp(`\\b${edge}(?:\\.\\w+\\([^)]*\\))*\\{([^}]*)\\}`).exec(asText(parameters['fields']) ?? '');
  const names = braces?.[1]?.split(',').map((name) => name.trim());
  return names ?? null;
}

/** A node answers the fields asked for, always its id, and refuses a field it does not have. */
export function pickFields(node: JsonObject, nodeType: string, fields: readonly string[]): JsonObject {
  const unknown = fields.find((field) => !(field in node));
  if (unknown !== undefined) {
    throw invalidParameter(`Tried accessing nonexisting field (${unknown}) on node type (${nodeType})`);
  }
  const picked = [...fields, 'id'].map((field): [string, unknown] => [field, node[field]]);
  return Object.fromEntries(picked);
}
