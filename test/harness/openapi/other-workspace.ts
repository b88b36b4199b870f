import { apiKeyStore, workspaceStore } from '#libs/database';
import { uuid7 } from '#libs/messaging';
import { createApiKey, hashApiKey } from '#libs/security';
import { withDatabase } from '../embedded-database.js';
import { ParleyClient } from '../parley.client.js';
import type { Product } from '../start-product.js';

/** A client with every right in a workspace that holds nothing. */
export async function clientOfOtherWorkspace(product: Product): Promise<ParleyClient> {
  const key = createApiKey();
  const [workspaceId, keyId] = [uuid7(Date.now()), uuid7(Date.now())];
  await withDatabase(product.home, async (database) => {
    await workspaceStore.create(workspaceId, database, 'Other');
    await apiKeyStore.insert(workspaceId, database, {
      id: keyId,
      name: 'Other',
      key_sha256: hashApiKey(key),
      scopes: ['admin'],
      rate_limit: null,
      expires_at: null,
    });
  });
  return new ParleyClient(product.client.url, key);
}
