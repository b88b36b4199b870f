import { apiKeyStore, checkSchema, workspaceStore, type Database } from '#libs/database';
import { uuid7 } from '#libs/messaging';
import { hashApiKey } from '#libs/security';

/** The workspace of the first start and, where one is configured, its admin key. Answers the workspace's id. */
export async function bootstrapInstallation(database: Database, apiKey: string | null, now: Date): Promise<string> {
  return database.transaction(async (sql) => {
    const workspace = await workspaceStore.findOrCreateDefault(uuid7(now.getTime()), sql, 'default');
    if (apiKey !== null) await apiKeyStore.putBootstrap(workspace.id, sql, hashApiKey(apiKey));
    return workspace.id;
  });
}

/** A process runs on its schema or the next one, and on no other. */
export async function requireSchema(database: Database): Promise<void> {
  const schema = await checkSchema(database);
  if (!schema.ok) throw new Error(schema.reason);
}
