import { z } from 'zod';
import { errorCodes, type ErrorCode } from '#libs/errors';

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** RFC 9457. */
export const problemSchema = z.strictObject({
  type: z.string().describe('Leads to what the code means.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What happened this time.'),
  code: z.enum(codes).describe('Never changes its meaning.'),
  message: z.string().describe('Repeats `detail`.'),
  request_id: z.string(),
  errors: z
    .array(z.strictObject({ field: z.string(), message: z.string() }))
    .optional()
    .describe('Fields of the request that are wrong, as paths with dots.'),
  source_error: z
    .strictObject({
      code: z.int().optional(),
      subcode: z.int().optional(),
      message: z.string(),
      trace: z.string().optional(),
    })
    .optional()
    .describe('What the source itself said.'),
});
