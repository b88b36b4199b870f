import { z } from 'zod';
import type { ApiKeyEntity } from '#libs/database';
import { instantSchema } from '#libs/messaging';
import type { Platform } from '#libs/platform';
import { rateLimitOf } from '../auth/rate-limit-of.js';
import { apiScopes } from '../auth/scope.js';

export const apiKeySchema = z.strictObject({
  id: z.uuid(),
  workspace_id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.enum(apiScopes)),
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
  revoked_at: instantSchema.nullable(),
  /** Calls a second; null, of the key that the installation is configured with: no limit. */
  rate_limit: z.int().positive().nullable(),
});
type ApiKey = z.input<typeof apiKeySchema>;

/** With the key itself: shown once, and stored nowhere. */
export const newApiKeySchema = apiKeySchema.omit({ revoked_at: true }).extend({ key: z.string() });

export function showApiKey(row: ApiKeyEntity, platform: Platform): ApiKey {
  return { ...shownAlways(row, platform), revoked_at: row.revoked_at?.toISOString() ?? null };
}

export function showNewApiKey(row: ApiKeyEntity, key: string, platform: Platform): z.input<typeof newApiKeySchema> {
  return { ...shownAlways(row, platform), key };
}

function shownAlways(row: ApiKeyEntity, platform: Platform): Omit<ApiKey, 'revoked_at'> {
  return {
    id: row.id,
    workspace_id: row.workspace_id,
    name: row.name,
    scopes: apiScopes.filter((scope) => row.scopes.includes(scope)),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    rate_limit: rateLimitOf(row, platform),
  };
}
