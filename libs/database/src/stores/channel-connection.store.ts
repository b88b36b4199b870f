import type { Queryable, Transaction } from '../database.js';
import type { ChannelEntity } from '../entities/channel.entity.js';
import { changedChannels, selectChannels, type ChannelHealth, type ChannelRow } from './channel-rows.js';
import { onlyRow } from './rows.js';

export type ConnectingPage = Pick<
  ChannelEntity,
  'source' | 'source_channel_id' | 'source_app_id' | 'name' | 'image_url' | 'token_expires_at'
> & {
  /** For a page that this workspace sees for the first time. */
  readonly proposed_id: string;
  /** The token is sealed for its row, and which row it will be is known here only. */
  sealToken(channelId: string): string;
};

export type PutConnecting =
  | { readonly kind: 'connecting'; readonly channel: ChannelRow }
  /** Another workspace owns the page. */
  | { readonly kind: 'taken' };

/** connecting → connected → disconnecting → disconnected, each step committed before the source is told. */
export const channelConnectionStore = {
  /**
   * First step of connecting a page: the workspace's row for it, new or opened again under its old id. It owns the page
   * from the commit on.
   */
  async putConnecting(workspaceId: string, transaction: Transaction, page: ConnectingPage): Promise<PutConnecting> {
    // Every way to own a page leads through this lock, so `channels_page_owner` never has to fail the transaction.
    await transaction.query("select pg_advisory_xact_lock(hashtextextended('channel ' || $1 || ' ' || $2, 0))", [
      page.source,
      page.source_channel_id,
    ]);
    const rows = await transaction.query<Pick<ChannelEntity, 'id' | 'workspace_id' | 'state'>>(
      'select id, workspace_id, state from channels where source = $1 and source_channel_id = $2',
      [page.source, page.source_channel_id],
    );
    if (rows.some((row) => row.workspace_id !== workspaceId && row.state !== 'disconnected')) return { kind: 'taken' };
    const id = rows.find((row) => row.workspace_id === workspaceId)?.id ?? page.proposed_id;
    return {
      kind: 'connecting',
      channel: await upsertConnecting(transaction, { ...page, id, workspace_id: workspaceId }),
    };
  },

  /** Null: somebody has disconnected or connected it in the meantime. */
  async markConnected(
    workspaceId: string,
    sql: Queryable,
    id: string,
    { subscribed_fields, health }: { readonly subscribed_fields: readonly string[]; readonly health: ChannelHealth },
  ): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set state = 'connected', state_since = clock_timestamp(), version = k.version + 1,
           subscribed_fields = $3, health_state = $4, health_reason = $5, health_since = clock_timestamp()
         where workspace_id = $1 and id = $2 and state = 'connecting'`,
      ),
      [workspaceId, id, subscribed_fields, health.state, health.reason],
    );
    return rows[0] ?? null;
  },

  /** Committed before the source is told. Null: there is nothing to disconnect. */
  async markDisconnecting(workspaceId: string, sql: Queryable, id: string): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set state = 'disconnecting', state_since = clock_timestamp(), version = k.version + 1,
           health_state = 'disconnected', health_reason = null, health_since = clock_timestamp()
         where workspace_id = $1 and id = $2 and state in ('connecting', 'connected')`,
      ),
      [workspaceId, id],
    );
    return rows[0] ?? null;
  },

  /** Forgets the token and gives the page free. `from` keeps a late end from undoing a connect that came after it. */
  async markDisconnected(
    workspaceId: string,
    sql: Queryable,
    id: string,
    from: 'connecting' | 'disconnecting',
  ): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set state = 'disconnected', state_since = clock_timestamp(), version = k.version + 1,
           token_sealed = null, token_expires_at = null, subscribed_fields = '{}',
           health_state = 'disconnected', health_reason = null, health_since = clock_timestamp()
         where workspace_id = $1 and id = $2 and state = $3`,
      ),
      [workspaceId, id, from],
    );
    return rows[0] ?? null;
  },

  /** What a crash left between two states, oldest first: work for the sweeper. */
  listStuckInAnyWorkspace(sql: Queryable, olderThanMs: number): Promise<ChannelRow[]> {
    return sql.query(
      selectChannels(
        `where c.state in ('connecting', 'disconnecting')
           and c.state_since < clock_timestamp() - make_interval(secs => $1::float8 / 1000)
         order by c.state_since limit 100`,
      ),
      [olderThanMs],
    );
  },
};

async function upsertConnecting(
  transaction: Transaction,
  page: ConnectingPage & Pick<ChannelEntity, 'id' | 'workspace_id'>,
): Promise<ChannelRow> {
  return onlyRow(
    await transaction.query<ChannelRow>(
      changedChannels(
        `insert into channels as k (id, workspace_id, source, source_channel_id, source_app_id, name, image_url,
           token_sealed, token_expires_at, state, health_state, health_reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'connecting', 'disconnected', 'connecting')
         on conflict (id) do update set
           source_app_id = excluded.source_app_id, name = excluded.name, image_url = excluded.image_url,
           token_sealed = excluded.token_sealed, token_expires_at = excluded.token_expires_at,
           state = excluded.state, state_since = clock_timestamp(), version = k.version + 1,
           health_state = excluded.health_state, health_reason = excluded.health_reason, health_since = clock_timestamp()
         where k.workspace_id = excluded.workspace_id`,
      ),
      [
        page.id,
        page.workspace_id,
        page.source,
        page.source_channel_id,
        page.source_app_id,
        page.name,
        page.image_url,
        page.sealToken(page.id),
        page.token_expires_at,
      ],
    ),
  );
}
