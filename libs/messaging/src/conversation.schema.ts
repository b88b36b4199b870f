import { z } from 'zod';
import { channelSchema } from './channel.schema.js';
import { instantSchema, messageSchema } from './message.schema.js';

const contactSchema = z.strictObject({
  display_name: z.string(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  avatar_url: z.string().optional(),
  locale: z.string().optional(),
  timezone: z.number().optional(),
  fetch_state: z.enum(['ok', 'failed']).optional(),
});
export type Contact = z.infer<typeof contactSchema>;

/** What the source lets us send, and until when. */
export const windowSchema = z.strictObject({
  closes_at: instantSchema.nullable(),
  human_agent_until: instantSchema.nullable(),
  allowed: z.array(z.enum(['RESPONSE', 'UPDATE', 'HUMAN_AGENT', 'UTILITY'])),
});
export type Window = z.infer<typeof windowSchema>;

export const conversationSchema = z.strictObject({
  id: z.uuid(),
  source_contact_id: z.string(),
  created_at: instantSchema,
  version: z.int().positive(),
  channel: channelSchema,
  last_message: messageSchema,
  metadata: z.strictObject({
    contact: contactSchema,
    unread_count: z.int().nonnegative(),
    tags: z.record(z.string(), z.string()).optional(),
    state: z.string().optional(),
    user_data: z.record(z.string(), z.unknown()).optional(),
  }),
  window: windowSchema,
  thread_owner: z
    .strictObject({ app_id: z.string(), ours: z.boolean(), expires_at: instantSchema.optional() })
    .optional(),
});
export type Conversation = z.infer<typeof conversationSchema>;
