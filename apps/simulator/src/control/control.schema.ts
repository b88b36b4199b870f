import { z } from 'zod';
import { FAULT_MODES } from '../graph/fault.store.js';

const WAIT_MAX_MS = 600_000;

export const settingsSchema = z.strictObject({
  echo: z.enum(['before', 'after', 'off']).optional(),
  delivery: z.enum(['auto', 'off']).optional(),
  read: z.enum(['auto', 'off']).optional(),
  callback_url: z.url().nullable().optional(),
  verify_token: z.string().optional(),
  require_proof: z.boolean().optional(),
  latency_ms: z.number().int().min(0).max(WAIT_MAX_MS).optional(),
  clock_offset_ms: z.number().int().optional(),
  webhook_timeout_ms: z.number().int().min(1).max(WAIT_MAX_MS).optional(),
  usage_headers: z.record(z.string(), z.string()).optional(),
});

export const faultSchema = z.strictObject({
  path: z.string().default('messages'),
  mode: z.enum(FAULT_MODES),
  page_id: z.string().optional(),
  recipient_id: z.string().optional(),
  code: z.number().int().optional(),
  subcode: z.number().int().optional(),
  message: z.string().optional(),
  status: z.number().int().min(200).max(599).optional(),
  times: z.number().int().min(1).default(1),
});
