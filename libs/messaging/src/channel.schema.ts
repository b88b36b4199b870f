import { z } from 'zod';
import { instantSchema } from './message.schema.js';

export const channelSchema = z.strictObject({
  id: z.uuid(),
  source: z.string(),
  source_channel_id: z.string(),
  connected: z.boolean(),
  version: z.int().positive(),
  metadata: z.looseObject({ name: z.string(), image_url: z.string().optional() }),
  webhook_url: z.string(),
  health: z.strictObject({
    state: z.enum(['connected', 'degraded', 'reauth_required', 'disconnected']),
    reason: z.string().optional(),
    since: instantSchema,
    last_event_at: instantSchema.optional(),
    last_verification: z.strictObject({ at: instantSchema, ok: z.boolean(), reason: z.string().optional() }).optional(),
    /** Webhooks that were refused because they could be kept nowhere: the source does not send them again. */
    last_gap: z.strictObject({ from: instantSchema, to: instantSchema, refused: z.int().positive() }).optional(),
    subscribed_fields: z.array(z.string()),
    token_expires_at: instantSchema.optional(),
  }),
});
export type Channel = z.infer<typeof channelSchema>;
