import { z } from 'zod';
import type { JsonSchema } from '#libs/http';
import {
  channelSchema,
  contentSchema,
  conversationSchema,
  messageSchema,
  outboundContentSchema,
  updateSchema,
} from '#libs/messaging';
import { problemSchema } from './problem.schema.js';

/** Shapes that stand in the document once, under their name. */
const shapes: Readonly<Record<string, z.ZodType>> = {
  Channel: channelSchema,
  Content: contentSchema,
  Conversation: conversationSchema,
  Message: messageSchema,
  OutboundContent: outboundContentSchema,
  Problem: problemSchema,
  Update: updateSchema,
};
for (const [id, schema] of Object.entries(shapes)) z.globalRegistry.add(schema, { ...schema.meta(), id });

/** Turns zod into JSON Schema, and collects what stands in the document once, under a name. */
export class SchemaBook {
  private readonly responses = new Map<string, JsonSchema>();
  private readonly written = new Map<string, JsonSchema>();

  /** `input`: what may be sent; `output`: what comes back. */
  schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, ...written } = z.toJSONSchema(schema, { io, override: plainly });
    const root = Object.fromEntries(Object.entries(written).filter(([key]) => key !== '$schema'));
    for (const [name, shape] of Object.entries($defs)) this.written.set(name, withReferences(shape));
    return withReferences(root);
  }

  responseOf(name: string, response: JsonSchema): JsonSchema {
    this.responses.set(name, response);
    return { $ref: `#/components/responses/${name}` };
  }

  components(): JsonSchema {
    return { responses: sorted(this.responses), schemas: sorted(this.written) };
  }
}

function sorted(entries: ReadonlyMap<string, JsonSchema>): JsonSchema {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without what zod says beside the format, and without the bounds of every JavaScript number. */
function plainly({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (['uuid', 'date-time'].includes(jsonSchema.format ?? '')) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

function withReferences(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}
