import { BadRequestException } from '@nestjs/common';
import type { z } from 'zod';
import { asObject } from '../json.js';

export interface ControlRequest {
  readonly body: unknown;
}

/** Control bodies are JSON whatever their content type says (curl -d names another). `requireProof` is `require_proof`. */
export function readControl<Schema extends z.ZodType>(schema: Schema, request: ControlRequest): z.output<Schema> {
  const named = Object.entries(asObject(parse(request.body))).map(([name, value]) => [snakeCase(name), value]);
  const parsed = schema.safeParse(Object.fromEntries(named));
  if (parsed.success) return parsed.data;
  throw new BadRequestException(complaintsOf(parsed.error));
}

export function complaintsOf(error: z.ZodError): string {
  return error.issues.map((issue) => [...issue.path.map(String), issue.message].join(': ')).join('; ');
}

function parse(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new BadRequestException('The body is not valid JSON');
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
