import type { JsonSchema } from './api-document.js';

type Body = Readonly<Record<string, unknown>>;

export interface WrongBody {
  /** As the problem must name it: a path with dots. */
  readonly field: string;
  readonly what: string;
  readonly body: Body;
}

/** The good body, each time with one field of a wrong type, or without one that must be there. */
export function wrongBodies(schema: JsonSchema, good: Body): WrongBody[] {
  return [...wrongTypes(schema, good), ...missing(schema, good)];
}

/** Fields that take anything, which no wrong type can be found for. */
export function untypedFields(schema: JsonSchema): string[] {
  return fieldsOf(schema)
    .filter(([, field]) => wrongValueFor(field) === undefined)
    .map(([name]) => name);
}

function wrongTypes(schema: JsonSchema, good: Body, parent = ''): WrongBody[] {
  return fieldsOf(schema).flatMap(([name, field]) => {
    const wrong = wrongValueFor(field);
    const own =
      wrong === undefined
        ? []
        : [{ field: parent + name, what: JSON.stringify(wrong), body: { ...good, [name]: wrong } }];
    return [...own, ...within(wrongTypes, [name, field], good, parent)];
  });
}

function missing(schema: JsonSchema, good: Body, parent = ''): WrongBody[] {
  const own = (schema.required ?? []).map((name) => ({
    field: parent + name,
    what: 'left out',
    body: Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)),
  }));
  return [...own, ...fieldsOf(schema).flatMap((field) => within(missing, field, good, parent))];
}

/** Every field that a wrong type can be found for, as a path with dots. */
export function typedFields(schema: JsonSchema, parent = ''): string[] {
  return fieldsOf(schema)
    .filter(([, field]) => wrongValueFor(field) !== undefined)
    .flatMap(([name, field]) => [parent + name, ...typedFields(field, `${parent}${name}.`)]);
}

/** The same one level further in, where the good body says something there. */
function within(
  find: typeof wrongTypes,
  [name, field]: readonly [string, JsonSchema],
  good: Body,
  parent: string,
): WrongBody[] {
  const inner = good[name] as Body | undefined;
  if (inner === undefined) return [];
  return find(field, inner, `${parent}${name}.`).map((wrong) => ({ ...wrong, body: { ...good, [name]: wrong.body } }));
}

function fieldsOf({ properties = {} }: JsonSchema): [string, JsonSchema][] {
  return Object.entries(properties);
}

function wrongValueFor(schema: JsonSchema): unknown {
  const { type, anyOf, enum: values, $ref } = schema;
  if (anyOf !== undefined) return anyOf.map(wrongValueFor).find((wrong) => wrong !== undefined);
  if ($ref !== undefined) return 5;
  if (values !== undefined) return { no: 'such value' };
  return wrongValues[[type].flat()[0] ?? 'any'];
}

/** null is none of them: it counts as absent. */
const wrongValues: Readonly<Record<string, unknown>> = {
  string: 5,
  integer: 'five',
  number: 'five',
  boolean: 'yes',
  array: 'one',
  object: 'text',
};
