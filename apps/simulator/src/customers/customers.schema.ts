import { z } from 'zod';

export const id = z.string().regex(/^\d+$/, 'must be a string of digits');
const milliseconds = z.number().int().nonnegative();

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
  locale: z.string().optional(),
  timezone: z.number().min(-12).max(14).optional(),
  profile: z.enum(['open', 'hidden', 'unavailable', 'forbidden']).optional(),
  blocking: z.boolean().optional(),
  last_wrote_at: milliseconds.optional(),
});

/** What every act has; the rest is the act's own. */
export const partiesSchema = z.looseObject({
  page_id: id,
  psid: id,
  timestamp: milliseconds.optional(),
  /** false: answer at once, post in the background. */
  wait: z.boolean().default(true),
});
