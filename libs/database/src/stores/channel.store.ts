import type { Queryable, Transaction } from '../database.js';
import type { ChannelEntity, Verification } from '../entities/channel.entity.js';
import { changedChannels, selectChannels, type ChannelHealth, type ChannelRow } from './channel-rows.js';

export interface ChannelFilter {
  readonly source?: string | undefined;
  readonly includeDisconnected?: boolean | undefined;
}

export type ChannelChanges = Partial<Pick<ChannelEntity, 'name' | 'image_url' | 'user_data'>>;

export interface ChannelTouch {
  readonly workspace_id: string;
  readonly channel_id: string;
  readonly last_event_at: Date;
}

export const channelStore = {
  async find(workspaceId: string, sql: Queryable, id: string): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(selectChannels('where c.workspace_id = $1 and c.id = $2'), [
      workspaceId,
      id,
    ]);
    return rows[0] ?? null;
  },

  findMany(workspaceId: string, sql: Queryable, ids: readonly string[]): Promise<ChannelRow[]> {
    return sql.query(selectChannels('where c.workspace_id = $1 and c.id = any($2::uuid[])'), [workspaceId, ids]);
  },

  /** Connected ones, unless asked for all. Oldest first. */
  list(workspaceId: string, sql: Queryable, filter: ChannelFilter = {}): Promise<ChannelRow[]> {
    return sql.query(
      selectChannels(
        `where c.workspace_id = $1 and ($2::text is null or c.source = $2) and ($3 or c.state = 'connected')
         order by c.created_at, c.id`,
      ),
      [workspaceId, filter.source ?? null, filter.includeDisconnected ?? false],
    );
  },

  /** Holds the row until the transaction ends, for a change that depends on what is there. */
  async lock(workspaceId: string, transaction: Transaction, id: string): Promise<ChannelEntity | null> {
    const rows = await transaction.query<ChannelEntity>(
      'select * from channels where workspace_id = $1 and id = $2 for update',
      [workspaceId, id],
    );
    return rows[0] ?? null;
  },

  /** The ingester's look-up: a webhook names a page and no workspace, and one channel of the installation is open for it. */
  async findByPageInAnyWorkspace(sql: Queryable, source: string, sourceChannelId: string): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      selectChannels("where c.source = $1 and c.source_channel_id = $2 and c.state in ('connecting', 'connected')"),
      [source, sourceChannelId],
    );
    return rows[0] ?? null;
  },

  /** The channel in a webhook's URL: who posts there has no workspace yet. Disconnected ones too. */
  async findForWebhookInAnyWorkspace(sql: Queryable, source: string, id: string): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(selectChannels('where c.source = $1 and c.id = $2'), [source, id]);
    return rows[0] ?? null;
  },

  /** Null: there is no such channel, or nothing changes. An absent field stays. */
  async update(workspaceId: string, sql: Queryable, id: string, changes: ChannelChanges): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set name = coalesce($3, k.name), image_url = coalesce($4, k.image_url),
           user_data = coalesce($5, k.user_data), version = k.version + 1
         where workspace_id = $1 and id = $2 and (k.name, k.image_url, k.user_data)
           is distinct from (coalesce($3, k.name), coalesce($4, k.image_url), coalesce($5, k.user_data))`,
      ),
      [workspaceId, id, changes.name, changes.image_url, changes.user_data],
    );
    return rows[0] ?? null;
  },

  /** Of a connected channel; `since` moves with the state only. Null: nothing changes. */
  async updateHealth(
    workspaceId: string,
    sql: Queryable,
    id: string,
    health: ChannelHealth,
  ): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set health_state = $3, health_reason = $4, version = k.version + 1,
           health_since = case when k.health_state = $3 then k.health_since else clock_timestamp() end
         where workspace_id = $1 and id = $2 and state = 'connected'
           and (k.health_state, k.health_reason) is distinct from ($3, $4)`,
      ),
      [workspaceId, id, health.state, health.reason],
    );
    return rows[0] ?? null;
  },

  /** Which of these pages are connected in this workspace. */
  async connectedPages(
    workspaceId: string,
    sql: Queryable,
    source: string,
    sourceChannelIds: readonly string[],
  ): Promise<string[]> {
    const rows = await sql.query<Pick<ChannelEntity, 'source_channel_id'>>(
      `select source_channel_id from channels
       where workspace_id = $1 and source = $2 and source_channel_id = any($3) and state = 'connected'`,
      [workspaceId, source, sourceChannelIds],
    );
    return rows.map((row) => row.source_channel_id);
  },

  /**
   * How the source's last handshake with this channel's URL went. Null: there is no such channel, or the same was said a
   * moment ago: anybody may ask, and must not be able to keep the row busy.
   */
  async recordVerification(
    workspaceId: string,
    sql: Queryable,
    id: string,
    verification: Verification,
  ): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set last_verification = $3, version = k.version + 1
         where workspace_id = $1 and id = $2 and (k.last_verification is null
           or k.last_verification - 'at' <> $3::jsonb - 'at'
           or (k.last_verification ->> 'at')::timestamptz + interval '10 seconds' < ($3::jsonb ->> 'at')::timestamptz)`,
      ),
      [workspaceId, id, verification],
    );
    return rows[0] ?? null;
  },

  /** When something last came from the source. The caller throttles; every touch says whose it is. */
  async touchActivity(sql: Queryable, touches: readonly ChannelTouch[]): Promise<void> {
    if (touches.length === 0) return;
    await sql.query(
      `insert into channel_activity as a (channel_id, workspace_id, last_event_at)
       select t.channel_id, t.workspace_id, max(t.at)
       from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) t(channel_id, workspace_id, at)
       group by 1, 2 order by 1
       on conflict (channel_id) do update set last_event_at = excluded.last_event_at
       where a.workspace_id = excluded.workspace_id and a.last_event_at < excluded.last_event_at`,
      [
        touches.map((touch) => touch.channel_id),
        touches.map((touch) => touch.workspace_id),
        touches.map((touch) => touch.last_event_at),
      ],
    );
  },
};
