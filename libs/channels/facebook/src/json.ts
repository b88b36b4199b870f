import { storableText } from '#libs/messaging';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text that says something. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** No id of Facebook comes near it, and what is longer does not fit a key of the database. */
const ID_LENGTH_MAX = 500;

/** Facebook writes ids as text or as numbers. */
export function idOf(value: unknown): string | undefined {
  const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : asText(value);
  return id === undefined || id.length > ID_LENGTH_MAX ? undefined : storableText(id);
}

/** Without the members that are undefined. */
export function compact<Value extends object>(value: Value): Value {
  const kept: Partial<Value> = {};
  for (const key of Object.keys(value) as (keyof Value)[]) if (value[key] !== undefined) kept[key] = value[key];
  return kept as Value;
}
