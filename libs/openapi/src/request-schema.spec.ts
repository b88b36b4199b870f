import 'reflect-metadata';
import { Allow, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, ValidateBy } from 'class-validator';
import { z } from 'zod';
import { describedAs } from '#libs/http';
import { requestSchema } from './request-schema.js';
import { SchemaBook } from './schema-book.js';

class Inner {
  @IsIn(['agent', 'bot'])
  type!: string;
}

class Parent {
  @IsString()
  id!: string;
}

class Outer extends Parent {
  @IsOptional()
  @IsBoolean()
  all?: boolean;

  @IsString({ each: true })
  names!: string[];

  @Allow()
  anything?: unknown;

  @Allow(describedAs(z.strictObject({ text: z.string() })))
  content?: unknown;

  @IsObject(describedAs({ type: 'object', minProperties: 1 }))
  data!: object;

  @IsOptional()
  @ValidateBy({ name: 'own', validator: { validate: () => true } }, describedAs(() => Inner))
  inner?: Inner;
}

class Unknown {
  @IsInt()
  size!: number;
}

class Silent {
  size!: number;
}

describe('requestSchema', () => {
  it('says what class-validator checks', () => {
    expect(requestSchema(new SchemaBook(), Outer)).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string' },
        all: { type: 'boolean' },
        names: { type: 'array', items: { type: 'string' } },
        anything: {},
        content: {
          type: 'object',
          properties: { text: { type: 'string' } },
          required: ['text'],
          additionalProperties: false,
        },
        data: { type: 'object', minProperties: 1 },
        inner: { type: 'object', properties: { type: { enum: ['agent', 'bot'] } }, required: ['type'] },
      },
      required: expect.arrayContaining(['id', 'names', 'data']),
    });
  });

  it('refuses a validator that says nothing of itself', () => {
    expect(() => requestSchema(new SchemaBook(), Unknown)).toThrow('Unknown.size: what isInt wants is not known here');
  });

  it.each([Silent, Object, Function])('refuses %p, which says nothing of its fields', (dto) => {
    expect(() => requestSchema(new SchemaBook(), dto)).toThrow('says nothing of its fields');
  });
});
