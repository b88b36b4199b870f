import { uuid5 } from '#libs/messaging';
import type { Queryable } from '../database.js';
import type { ApiKeyEntity } from '../entities/api-key.entity.js';
import { onlyRow } from './rows.js';

export type NewApiKey = Pick<ApiKeyEntity, 'id' | 'name' | 'key_sha256' | 'scopes' | 'rate_limit' | 'expires_at'>;

export const apiKeyStore = {
  /**
   * The one look-up of a key without its workspace: a caller shows nothing but his key, and it is the key that says whose
   * he is. Neither revoked nor expired ones, by PostgreSQL's clock.
   */
  async findByHashInAnyWorkspace(sql: Queryable, keySha256: Buffer): Promise<ApiKeyEntity | null> {
    const rows = await sql.query<ApiKeyEntity>(
      `select * from api_keys
       where key_sha256 = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`,
      [keySha256],
    );
    return rows[0] ?? null;
  },

  async insert(workspaceId: string, sql: Queryable, key: NewApiKey): Promise<ApiKeyEntity> {
    return onlyRow(
      await sql.query<ApiKeyEntity>(
        `insert into api_keys (id, workspace_id, name, key_sha256, scopes, rate_limit, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning *`,
        [key.id, workspaceId, key.name, key.key_sha256, key.scopes, key.rate_limit, key.expires_at],
      ),
    );
  },

  /** Newest first, revoked and expired ones too. */
  list(workspaceId: string, sql: Queryable): Promise<ApiKeyEntity[]> {
    return sql.query('select * from api_keys where workspace_id = $1 order by created_at desc, id desc', [workspaceId]);
  },

  /** Null: the workspace has no such key. The first revocation keeps its time. */
  async revoke(workspaceId: string, sql: Queryable, id: string): Promise<ApiKeyEntity | null> {
    const rows = await sql.query<ApiKeyEntity>(
      `update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp())
       where workspace_id = $1 and id = $2 returning *`,
      [workspaceId, id],
    );
    return rows[0] ?? null;
  },

  /** Which of these are neither revoked nor expired; of all workspaces whose streams a process serves. */
  async livingInAnyWorkspace(sql: Queryable, keySha256s: readonly Buffer[]): Promise<Buffer[]> {
    const rows = await sql.query<Pick<ApiKeyEntity, 'key_sha256'>>(
      `select key_sha256 from api_keys
       where key_sha256 = any($1::bytea[]) and revoked_at is null
         and (expires_at is null or expires_at > clock_timestamp())`,
      [keySha256s],
    );
    return rows.map((row) => row.key_sha256);
  },

  /** The id of the key that the installation is configured with: it stays the same when another key takes its place. */
  bootstrapId(workspaceId: string): string {
    return uuid5(workspaceId, 'bootstrap-api-key');
  },

  /** The key that the installation is configured with. Another one takes its place; the same one changes nothing. */
  async putBootstrap(workspaceId: string, sql: Queryable, keySha256: Buffer): Promise<void> {
    const id = apiKeyStore.bootstrapId(workspaceId);
    // two statements: `on conflict (id)` alone would fail on the hash when two processes start at once
    await sql.query(
      `insert into api_keys (id, workspace_id, name, key_sha256, scopes) values ($1, $2, 'bootstrap', $3, '{admin}')
       on conflict do nothing`,
      [id, workspaceId, keySha256],
    );
    await sql.query(
      `update api_keys set key_sha256 = $3, created_at = now(), revoked_at = null
       where workspace_id = $2 and id = $1 and key_sha256 <> $3`,
      [id, workspaceId, keySha256],
    );
  },
};
