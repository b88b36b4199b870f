import type { Queryable, Transaction } from '../database.js';
import type { ChannelEntity } from '../entities/channel.entity.js';
import { changedChannels, type ChannelHealth, type ChannelRow } from './channel-rows.js';
import { onlyRow } from './rows.js';

type PageFields = Pick<ChannelEntity, 'source_app_id' | 'name' | 'image_url' | 'token_expires_at'>;
type PageKey = Pick<ChannelEntity, 'source' | 'source_channel_id'>;

export type ConnectingPage = PageFields &
  PageKey & {
    /** For a page that this workspace sees for the first time. */
    readonly proposed_id: string;
    /** The token is sealed for its row, and which row it will be is known here only. */
    sealToken(channelId: string): string;
  };

export type PutConnecting =
  | { readonly kind: 'connecting'; readonly channel: ChannelRow }
  /** It is connected, and stays as it is while it is renewed. */
  | { readonly kind: 'connected'; readonly channel: ChannelRow }
  /** Another workspace owns the page. */
  | { readonly kind: 'taken' };

/** What one call has verified belongs together and is written together. */
export interface Connection extends PageFields {
  readonly token_sealed: string | null;
  readonly subscribed_fields: readonly string[];
  readonly health: ChannelHealth;
}

/** As it was when the work on it began. */
export type ChannelMoment = PageKey & Pick<ChannelEntity, 'id' | 'workspace_id' | 'epoch'>;

/** Upkeep finishes what stays between two states for longer: no call works on it any more. */
const stuck = "interval '60 seconds'";
/** An event of a page may come a moment before the page has its row. */
const grace = "interval '60 seconds'";
/** First upkeep after a connect: an event may have been turned away by a reader who did not know it yet. */
const settle = "interval '10 seconds'";

/** connecting → connected → disconnecting → disconnected, each step committed before the source is told. */
export const channelConnectionStore = {
  /**
   * First step of connecting a page: the workspace's row for it, new or opened again under its old id. It owns the page
   * from the commit on.
   */
  async putConnecting(workspaceId: string, transaction: Transaction, page: ConnectingPage): Promise<PutConnecting> {
    await lockPage(transaction, page);
    const rows = await transaction.query<ChannelRow>(
      `select c.*, a.last_event_at from channels c left join channel_activity a on a.channel_id = c.id
       where c.source = $1 and c.source_channel_id = $2`,
      [page.source, page.source_channel_id],
    );
    if (rows.some((row) => row.workspace_id !== workspaceId && row.state !== 'disconnected')) return { kind: 'taken' };
    const own = rows.find((row) => row.workspace_id === workspaceId);
    if (own?.state === 'connected') return { kind: 'connected', channel: own };
    const id = own?.id ?? page.proposed_id;
    return {
      kind: 'connecting',
      channel: await upsertConnecting(transaction, { ...page, id, workspace_id: workspaceId }),
    };
  },

  /**
   * Null: somebody has disconnected it in the meantime, or another workspace owns the page. Several connects of one page may
   * end here, and each leaves its own whole: the last one counts.
   */
  async markConnected(
    workspaceId: string,
    transaction: Transaction,
    moment: ChannelMoment,
    connection: Connection,
  ): Promise<ChannelRow | null> {
    await lockPage(transaction, moment);
    const rows = await transaction.query<ChannelRow>(
      changedChannels(
        `update channels k set state = 'connected', version = k.version + 1,
           state_since = case when k.state = 'connected' then k.state_since else clock_timestamp() end,
           source_app_id = $4, name = $5, image_url = $6, token_sealed = $7, token_expires_at = $8,
           subscribed_fields = $9, health_state = $10, health_reason = $11,
           health_since = case when k.health_state = $10 then k.health_since else clock_timestamp() end,
           replay_since = case when k.source_app_id = $4 then k.replay_since else k.created_at - ${grace} end,
           upkeep_due = clock_timestamp() + ${settle}
         where k.workspace_id = $1 and k.id = $2 and k.epoch = $3 and k.state <> 'disconnecting'
           and not exists (select from channels o where o.source = k.source
             and o.source_channel_id = k.source_channel_id and o.id <> k.id and o.state <> 'disconnected')`,
      ),
      [
        workspaceId,
        moment.id,
        moment.epoch,
        connection.source_app_id,
        connection.name,
        connection.image_url,
        connection.token_sealed,
        connection.token_expires_at,
        connection.subscribed_fields,
        connection.health.state,
        connection.health.reason,
      ],
    );
    return rows[0] ?? null;
  },

  /** All that people see of it ends here; the token goes when the source was told. Null: there is nothing to disconnect. */
  async markDisconnecting(workspaceId: string, sql: Queryable, id: string): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set state = 'disconnecting', state_since = clock_timestamp(), version = k.version + 1,
           epoch = k.epoch + 1, subscribed_fields = '{}', token_expires_at = null, health_state = 'disconnected',
           health_reason = null, health_since = clock_timestamp(), upkeep_due = clock_timestamp() + ${stuck}
         where workspace_id = $1 and id = $2 and state in ('connecting', 'connected')`,
      ),
      [workspaceId, id],
    );
    return rows[0] ?? null;
  },

  /** Forgets the token and gives the page free. Null: a connect or disconnect came after the work on it began. */
  async markDisconnected(
    workspaceId: string,
    sql: Queryable,
    moment: ChannelMoment,
    { from, reason }: { readonly from: 'connecting' | 'disconnecting'; readonly reason: string | null },
  ): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set state = 'disconnected', state_since = clock_timestamp(), token_sealed = null,
           token_expires_at = null, subscribed_fields = '{}', health_reason = $5,
           version = k.version + case when k.health_reason is distinct from $5 then 1 else 0 end
         where workspace_id = $1 and id = $2 and epoch = $3 and state = $4`,
      ),
      [workspaceId, moment.id, moment.epoch, from, reason],
    );
    return rows[0] ?? null;
  },
};

/** Every way to own a page leads through this lock, so `channels_page_owner` never has to fail a transaction. */
async function lockPage(transaction: Transaction, { source, source_channel_id: page }: PageKey): Promise<void> {
  await transaction.query("select pg_advisory_xact_lock(hashtextextended('channel ' || $1 || ' ' || $2, 0))", [
    source,
    page,
  ]);
}

async function upsertConnecting(
  transaction: Transaction,
  page: ConnectingPage & Pick<ChannelEntity, 'id' | 'workspace_id'>,
): Promise<ChannelRow> {
  return onlyRow(
    await transaction.query<ChannelRow>(
      changedChannels(
        `insert into channels as k (id, workspace_id, source, source_channel_id, source_app_id, name, image_url,
           token_sealed, token_expires_at, state, health_state, health_reason, replay_since, upkeep_due)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'connecting', 'disconnected', 'connecting',
           clock_timestamp() - ${grace}, clock_timestamp() + ${stuck})
         on conflict (id) do update set
           source_app_id = excluded.source_app_id, name = excluded.name, image_url = excluded.image_url,
           token_sealed = excluded.token_sealed, token_expires_at = excluded.token_expires_at,
           state = excluded.state, state_since = clock_timestamp(), version = k.version + 1,
           epoch = k.epoch + case when k.state = 'connecting' then 0 else 1 end,
           health_state = excluded.health_state, health_reason = excluded.health_reason,
           health_since = case when k.state = 'connecting' then k.health_since else clock_timestamp() end,
           replay_since = least(k.replay_since, case
             when k.source_app_id <> excluded.source_app_id then k.created_at
             when k.state <> 'connecting' then k.state_since end - ${grace}),
           upkeep_due = excluded.upkeep_due
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
