import type { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A DTO class is given by a function, because it may stand further down in its file. */
export type FieldSchema = z.ZodType | JsonSchema | (() => new () => object);

/** Options of a validator of class-validator: what the API description says of the fields that it checks. */
export function describedAs(schema: FieldSchema): { context: { schema: FieldSchema } } {
  return { context: { schema } };
}
