import type { Type } from '@nestjs/common';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { z } from 'zod';
import type { FieldSchema, JsonSchema } from '#libs/http';
import type { SchemaBook } from './schema-book.js';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** Those of class-validator that need no `describedAs`. */
const known: Readonly<Record<string, (constraints: readonly unknown[]) => JsonSchema>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isIn: ([values]) => ({ enum: values }),
};

/** What class-validator was told of a DTO, as JSON Schema. Throws where it was told nothing that can be shown. */
export function requestSchema(book: SchemaBook, dto: Type): JsonSchema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  if (rules.length === 0)
    throw new Error(`${dto.name} says nothing of its fields: a DTO imported by \`import type\` looks like that.`);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const fields = names.map((name) => ({ name, told: rules.filter(({ propertyName }) => propertyName === name) }));
  const required = fields.filter(({ told }) => isRequired(told)).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(({ name, told }) => [name, fieldSchema(book, `${dto.name}.${name}`, told)]),
    ),
    ...(required.length > 0 && { required }),
  };
}

function isRequired(told: readonly Rule[]): boolean {
  const isOptional = told.some(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
  return !isOptional && told.some(({ type }) => type !== ValidationTypes.WHITELIST);
}

function fieldSchema(book: SchemaBook, field: string, told: readonly Rule[]): JsonSchema {
  const schemas = told.map((rule) => ({ each: rule.each, schema: ruleSchema(book, field, rule) }));
  const parts = schemas.map(({ each, schema }) => (each ? { type: 'array', items: schema } : schema));
  return Object.assign({}, ...parts) as JsonSchema;
}

function ruleSchema(book: SchemaBook, field: string, rule: Rule): JsonSchema {
  const { schema } = (rule.context ?? {}) as { readonly schema?: FieldSchema };
  if (schema instanceof z.ZodType) return book.schemaOf(schema, 'input');
  if (typeof schema === 'function') return requestSchema(book, schema());
  if (schema !== undefined) return schema;
  if (rule.type !== ValidationTypes.CUSTOM_VALIDATION) return {};
  const name = rule.name ?? '';
  const write = known[name];
  if (write === undefined) throw new Error(`${field}: what ${name} wants is not known here: describedAs() says it.`);
  return write(rule.constraints as readonly unknown[]);
}
