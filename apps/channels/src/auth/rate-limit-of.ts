import { apiKeyStore, type ApiKeyEntity } from '#libs/database';
import type { Platform } from '#libs/platform';

/** Calls a second. Null, of the key that the installation is configured with: no limit. */
export function rateLimitOf(
  { id, workspace_id: workspaceId, rate_limit: own }: ApiKeyEntity,
  { rateLimitPerSecond }: Pick<Platform, 'rateLimitPerSecond'>,
): number | null {
  return id === apiKeyStore.bootstrapId(workspaceId) ? null : (own ?? rateLimitPerSecond);
}
