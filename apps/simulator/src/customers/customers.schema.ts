import { z } from 'zod';

const id = z.string().regex(/^\d+$/, 'must be a string of digits');
const milliseconds = z.number().int().nonnegative();
const json = z.record(z.string(), z.unknown());
const party = { page_id: id, psid: id };
/** false: answer at once, post in the background. */
const wait = z.boolean().default(true);

export const createPageSchema = z.strictObject({
  id: id.optional(),
  name: z.string().optional(),
  user_id: id.optional(),
  business_id: id.optional(),
  scopes: z.array(z.string()).optional(),
});

export const renewTokensSchema = z.strictObject({
  page_id: id,
  subcode: z.number().int().default(460),
});

export const createCustomerSchema = z.strictObject({
  page_id: id,
  psid: id.optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  profile: z.enum(['open', 'hidden', 'unavailable']).optional(),
  last_wrote_at: milliseconds.optional(),
});

export const writeSchema = z
  .strictObject({
    ...party,
    text: z.string().optional(),
    mid: z.string().min(1).optional(),
    timestamp: milliseconds.optional(),
    attachments: z.array(json).optional(),
    quick_reply: json.optional(),
    reply_to: json.optional(),
    message: json.optional(),
    wait,
  })
  .refine((order) => order.text ?? order.attachments ?? order.message, 'needs text, attachments or message');

export const eventSchema = z.strictObject({
  ...party,
  field: z.string(),
  event: json,
  timestamp: milliseconds.optional(),
  wait,
});

export const readSchema = z.strictObject({ ...party, watermark: milliseconds.optional(), wait });

export const deliverSchema = z.strictObject({
  ...party,
  mids: z.array(z.string()).optional(),
  watermark: milliseconds.optional(),
  wait,
});

export type WriteOrder = z.output<typeof writeSchema>;
export type EventOrder = z.output<typeof eventSchema>;
export type ReceiptOrder = z.output<typeof deliverSchema>;
