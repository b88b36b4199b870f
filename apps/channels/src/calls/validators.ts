import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateBy, ValidateNested } from 'class-validator';
import { z } from 'zod';
import { describedAs, type FieldSchema } from '#libs/http';

interface FieldRule {
  readonly name: string;
  readonly validate: (value: unknown) => boolean;
  /** After the name of the field. */
  readonly must: string;
  /** The same for the API description. */
  readonly schema: FieldSchema;
}

/** ISO-8601 with seconds, and `Z` or an offset. */
const instantSchema = z.iso.datetime({ offset: true });

// One validator for each field: the answer names a field once.

function field({ name, validate, must, schema }: FieldRule): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => `$property ${must}` } }, describedAs(schema));
}

/** From 1; what is above the largest page is cut to it later. */
export const IsPageSize = (): PropertyDecorator =>
  field({
    name: 'isPageSize',
    validate: (value) => Number.isInteger(value) && (value as number) >= 1,
    must: 'must be a whole number from 1 to 100',
    schema: { type: 'integer', minimum: 1, default: 20, description: 'Above 100 counts as 100.' },
  });

export const IsListOf = (...allowed: readonly string[]): PropertyDecorator =>
  field({
    name: 'isListOf',
    validate: (value) => Array.isArray(value) && value.every((entry) => allowed.includes(entry as string)),
    must: `must be a list of ${allowed.join(', ')}`,
    schema: { type: 'array', items: { enum: allowed } },
  });

export const IsSomeOf = (...allowed: readonly string[]): PropertyDecorator =>
  field({
    name: 'isSomeOf',
    validate: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((entry) => allowed.includes(entry as string)),
    must: `must be a list of one or more of ${allowed.join(', ')}`,
    schema: { type: 'array', minItems: 1, items: { enum: allowed } },
  });

export const IsWhole = (min: number, max: number): PropertyDecorator =>
  field({
    name: 'isWhole',
    validate: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    must: `must be a whole number from ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
  });

/** What people call a thing. */
export const IsName = (): PropertyDecorator =>
  field({
    name: 'isName',
    validate: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 200,
    must: 'must be a text of 1 to 200 characters',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  });

export const IsFutureInstant = (): PropertyDecorator =>
  field({
    name: 'isFutureInstant',
    validate: (value) => instantSchema.safeParse(value).success && Date.parse(value as string) > Date.now(),
    must: 'must be a time to come, with its offset, for example 2030-01-31T12:00:00Z',
    schema: { type: 'string', format: 'date-time', description: 'A time to come.' },
  });

export const IsIdList = (max: number): PropertyDecorator =>
  field({
    name: 'isIdList',
    validate: (value) =>
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= max &&
      value.every((entry) => typeof entry === 'string'),
    must: `must be a list of 1 to ${max} ids`,
    schema: { type: 'array', minItems: 1, maxItems: max, items: { type: 'string' } },
  });

/** An id of the source, which stands in an index: at most 512 characters. */
export const IsSourceId = (): PropertyDecorator =>
  field({
    name: 'isSourceId',
    validate: (value) => typeof value === 'string' && value.length >= 1 && value.length <= 512,
    must: 'must be a text of 1 to 512 characters',
    schema: { type: 'string', minLength: 1, maxLength: 512 },
  });

/** A word of the caller's own, not empty, of at most 64 characters. */
export const IsLabel = (): PropertyDecorator =>
  field({
    name: 'isLabel',
    validate: (value) => typeof value === 'string' && value !== '' && Array.from(value).length <= 64,
    must: 'must be a text of 1 to 64 characters',
    schema: { type: 'string', minLength: 1, maxLength: 64 },
  });

export const IsWebUrl = (): PropertyDecorator =>
  field({
    name: 'isWebUrl',
    validate: (value) => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
    must: 'must be an http or https URL',
    schema: { type: 'string', format: 'uri' },
  });

/** An object with fields of its own; a list would pass class-validator as several of them. */
export const IsNested = (type: () => new () => object): PropertyDecorator =>
  applyDecorators(
    Type(type),
    ValidateNested(),
    field({ name: 'isNoList', validate: (value) => !Array.isArray(value), must: 'must be an object', schema: type }),
  );
