import type { Queryable } from '../database.js';
import type { SourceAppEntity } from '../entities/source-app.entity.js';

export type NewSourceApp = Pick<SourceAppEntity, 'source' | 'source_app_id' | 'secrets_sealed' | 'verify_token_sealed'>;

export type PutSourceApp =
  | { readonly kind: 'kept'; readonly app: SourceAppEntity }
  /** Another workspace has registered this app. */
  | { readonly kind: 'taken' };

export const sourceAppStore = {
  /** Registers an app of the source, or gives new secrets to the workspace's own. A null verify token keeps the former. */
  async put(workspaceId: string, sql: Queryable, app: NewSourceApp): Promise<PutSourceApp> {
    const [kept] = await sql.query<SourceAppEntity>(
      `insert into source_apps as a (workspace_id, source, source_app_id, secrets_sealed, verify_token_sealed)
       values ($1, $2, $3, $4, $5)
       on conflict (source, source_app_id) do update set
         secrets_sealed = excluded.secrets_sealed,
         verify_token_sealed = coalesce(excluded.verify_token_sealed, a.verify_token_sealed),
         updated_at = now()
       where a.workspace_id = excluded.workspace_id
       returning *`,
      [workspaceId, app.source, app.source_app_id, app.secrets_sealed, app.verify_token_sealed],
    );
    return kept === undefined ? { kind: 'taken' } : { kind: 'kept', app: kept };
  },

  async find(
    workspaceId: string,
    sql: Queryable,
    { source, source_app_id }: Pick<SourceAppEntity, 'source' | 'source_app_id'>,
  ): Promise<SourceAppEntity | null> {
    const rows = await sql.query<SourceAppEntity>(
      'select * from source_apps where workspace_id = $1 and source = $2 and source_app_id = $3',
      [workspaceId, source, source_app_id],
    );
    return rows[0] ?? null;
  },

  /** For webhooks on a shared URL: which app signed a body is found by trying the secrets of all. */
  listInAnyWorkspace(sql: Queryable, source: string): Promise<SourceAppEntity[]> {
    return sql.query('select * from source_apps where source = $1 order by source_app_id', [source]);
  },
};
