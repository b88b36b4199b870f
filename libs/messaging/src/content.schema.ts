import { z } from 'zod';

const quickReply = z.strictObject({
  content_type: z.enum(['text', 'user_phone_number', 'user_email']),
  title: z.string().optional(),
  payload: z.string().optional(),
  image_url: z.string().optional(),
});

const extras = {
  quick_reply: z.strictObject({ payload: z.string() }).optional(),
  quick_replies: z.array(quickReply).optional(),
};

const text = z.strictObject({ type: z.literal('text'), text: z.string(), ...extras });
const deleted = z.strictObject({ type: z.literal('deleted') });
const unsupported = z.strictObject({
  type: z.literal('unsupported'),
  text: z.string().optional(),
  /** `kind`: what the source calls it; `raw`: its JSON, untouched. */
  unsupported: z.strictObject({ kind: z.string(), raw: z.unknown() }),
  ...extras,
});

/** What a message says: a union by `type`, a type's fields live under its name, `text` always on top. Shapes: docs of `POST /messages.send`. */
export const contentSchema = z.discriminatedUnion('type', [text, deleted, unsupported]);
export type Content = z.infer<typeof contentSchema>;

/** What a person may send. */
export const outboundContentSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), quick_replies: extras.quick_replies }),
]);
export type OutboundContent = z.infer<typeof outboundContentSchema>;
