import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateBy, ValidateNested } from 'class-validator';
import { z } from 'zod';

/** ISO-8601 with seconds, and `Z` or an offset. */
const instantSchema = z.iso.datetime({ offset: true });

// One validator for each field: the answer names a field once.

/** From 1; what is above the largest page is cut to it later. */
export const IsPageSize = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPageSize',
    validator: {
      validate: (value) => Number.isInteger(value) && (value as number) >= 1,
      defaultMessage: () => '$property must be a whole number from 1 to 100',
    },
  });

export const IsListOf = (...allowed: readonly string[]): PropertyDecorator =>
  ValidateBy({
    name: 'isListOf',
    validator: {
      validate: (value) => Array.isArray(value) && value.every((entry) => allowed.includes(entry as string)),
      defaultMessage: () => `$property must be a list of ${allowed.join(', ')}`,
    },
  });

export const IsSomeOf = (...allowed: readonly string[]): PropertyDecorator =>
  ValidateBy({
    name: 'isSomeOf',
    validator: {
      validate: (value) =>
        Array.isArray(value) && value.length > 0 && value.every((entry) => allowed.includes(entry as string)),
      defaultMessage: () => `$property must be a list of one or more of ${allowed.join(', ')}`,
    },
  });

export const IsWhole = (min: number, max: number): PropertyDecorator =>
  ValidateBy({
    name: 'isWhole',
    validator: {
      validate: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
      defaultMessage: () => `$property must be a whole number from ${min} to ${max}`,
    },
  });

/** What people call a thing. */
export const IsName = (): PropertyDecorator =>
  ValidateBy({
    name: 'isName',
    validator: {
      validate: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 200,
      defaultMessage: () => '$property must be a text of 1 to 200 characters',
    },
  });

export const IsFutureInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isFutureInstant',
    validator: {
      validate: (value) => instantSchema.safeParse(value).success && Date.parse(value as string) > Date.now(),
      defaultMessage: () => '$property must be a time to come, with its offset, for example 2030-01-31T12:00:00Z',
    },
  });

export const IsIdList = (max: number): PropertyDecorator =>
  ValidateBy({
    name: 'isIdList',
    validator: {
      validate: (value) =>
        Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= max &&
        value.every((entry) => typeof entry === 'string'),
      defaultMessage: () => `$property must be a list of 1 to ${max} ids`,
    },
  });

/** An id of the source, which stands in an index: at most 512 characters. */
export const IsSourceId = (): PropertyDecorator =>
  ValidateBy({
    name: 'isSourceId',
    validator: {
      validate: (value) => typeof value === 'string' && value.length >= 1 && value.length <= 512,
      defaultMessage: () => '$property must be a text of 1 to 512 characters',
    },
  });

/** A word of the caller's own, not empty, of at most 64 characters. */
export const IsLabel = (): PropertyDecorator =>
  ValidateBy({
    name: 'isLabel',
    validator: {
      validate: (value) => typeof value === 'string' && value !== '' && Array.from(value).length <= 64,
      defaultMessage: () => '$property must be a text of 1 to 64 characters',
    },
  });

export const IsWebUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWebUrl',
    validator: {
      validate: (value) => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
      defaultMessage: () => '$property must be an http or https URL',
    },
  });

/** An object with fields of its own; a list would pass class-validator as several of them. */
export const IsNested = (type: () => new () => object): PropertyDecorator =>
  applyDecorators(
    Type(type),
    ValidateNested(),
    ValidateBy({
      name: 'isNoList',
      validator: {
        validate: (value) => !Array.isArray(value),
        defaultMessage: () => '$property must be an object',
      },
    }),
  );
