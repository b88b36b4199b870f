import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateBy, ValidateNested } from 'class-validator';

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
