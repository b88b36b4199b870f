import { z } from 'zod';
import { contentSchema } from './content.schema.js';

export const instantSchema = z.iso.datetime({ precision: 3 });

const messageStateSchema = z.enum(['pending', 'sent', 'delivered', 'read', 'failed', 'unknown']);
export type MessageState = z.infer<typeof messageStateSchema>;

const senderTypeSchema = z.enum(['contact', 'agent', 'bot', 'page', 'app']);
export type SenderType = z.infer<typeof senderTypeSchema>;

/** Why a send did not happen. `retryable`: sending the same again may work. `source_*` as the source said it. */
export const failureSchema = z.strictObject({
  code: z.string(),
  category: z.enum(['temporary', 'request', 'contact', 'policy', 'auth', 'page', 'unknown']),
  retryable: z.boolean(),
  message: z.string(),
  source_code: z.int().optional(),
  source_subcode: z.int().optional(),
  source_trace: z.string().optional(),
});
export type Failure = z.infer<typeof failureSchema>;

const replyToSchema = z.strictObject({
  message_id: z.uuid().nullable(),
  source_message_id: z.string().optional(),
  story: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
  own: z.boolean().optional(),
});
export type ReplyTo = z.infer<typeof replyToSchema>;

const reactionSchema = z.strictObject({
  emoji: z.string().nullable(),
  name: z.string().optional(),
  from_contact: z.boolean(),
  reacted_at: instantSchema,
});
export type Reaction = z.infer<typeof reactionSchema>;

export const referralSchema = z.looseObject({
  ref: z.string().optional(),
  source: z.string().optional(),
  type: z.string().optional(),
});
export type Referral = z.infer<typeof referralSchema>;

const senderSchema = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  avatar_url: z.string().nullable(),
});
export type Sender = z.infer<typeof senderSchema>;

export const messageSchema = z.strictObject({
  id: z.uuid(),
  conversation_id: z.uuid(),
  channel_id: z.uuid(),
  source: z.string(),
  source_message_id: z.string().optional(),
  version: z.int().positive(),
  from_contact: z.boolean(),
  sender_type: senderTypeSchema,
  sender: senderSchema,
  content: contentSchema,
  reply_to: replyToSchema.optional(),
  reactions: z.array(reactionSchema).optional(),
  referral: referralSchema.optional(),
  state: messageStateSchema,
  /** Airy's three, derived from `state`. */
  delivery_state: z.enum(['pending', 'failed', 'delivered']),
  failure: failureSchema.optional(),
  /** The order key, set once: the source's clock for what came from it, our acceptance for what we send. */
  sent_at: instantSchema,
  /** When the source took it, by its clock; receipts' watermarks compare with this. */
  source_sent_at: instantSchema.optional(),
  received_at: instantSchema,
  delivered_at: instantSchema.optional(),
  read_at: instantSchema.optional(),
  edited_at: instantSchema.optional(),
  deleted_at: instantSchema.optional(),
  metadata: z.record(z.string(), z.unknown()),
  source_data: z.record(z.string(), z.unknown()).optional(),
});
export type Message = z.infer<typeof messageSchema>;
