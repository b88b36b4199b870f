import { z } from 'zod';
import { FAULT_MODES } from '../graph/fault.store.js';

const WAIT_MAX_MS = 600_000;
/** Graph webhooks: at most 1000 updates in one POST. https://developers.facebook.com/docs/graph-api/webhooks */
const BATCH_MAX = 1_000;

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
  webhook_repeats: z.number().int().min(0).max(100).optional(),
  webhook_batch: z.number().int().min(1).max(BATCH_MAX).optional(),
  webhook_disorder: z.number().int().min(1).max(BATCH_MAX).optional(),
  webhook_window_ms: z.number().int().min(0).max(WAIT_MAX_MS).optional(),
  webhook_duplicates: z.number().min(0).max(1).optional(),
  webhook_parallel: z.number().int().min(1).max(BATCH_MAX).optional(),
  webhook_alert_after_ms: z.number().int().min(0).optional(),
  webhook_disable_after_ms: z.number().int().min(0).optional(),
  seed: z.string().min(1).nullable().optional(),
  usage_headers: z.record(z.string(), z.string()).optional(),
});

export const faultSchema = z.strictObject({
  path: z.string().default('messages'),
  mode: z.enum(FAULT_MODES),
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  page_id: z.string().optional(),
  recipient_id: z.string().optional(),
  code: z.number().int().optional(),
  subcode: z.number().int().optional(),
  message: z.string().optional(),
  status: z.number().int().min(200).max(599).optional(),
  delay_ms: z.number().int().min(0).max(WAIT_MAX_MS).optional(),
  retry_after: z.number().int().min(0).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  times: z.number().int().min(1).default(1),
});

export const sendsSchema = z.strictObject({
  page_id: z.string().optional(),
  psid: z.string().optional(),
  after: z.number().int().min(0).default(0),
});
