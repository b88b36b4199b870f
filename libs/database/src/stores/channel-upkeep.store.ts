import type { Queryable } from '../database.js';
import type { ChannelEntity } from '../entities/channel.entity.js';
import { changedChannels, type ChannelHealth, type ChannelRow } from './channel-rows.js';

export type DueChannel = ChannelRow & {
  /** How long it has been in its state, by PostgreSQL's clock. */
  readonly state_seconds: number;
};

type Claim = Pick<ChannelEntity, 'id' | 'upkeep_due'>;

/** As long as looking after one channel may take. */
const leaseSeconds = 60;

/** A channel's row is looked at when it is due, by one process at a time. Time is PostgreSQL's. */
export const channelUpkeepStore = {
  /** Of all workspaces: upkeep belongs to the installation. Until its lease is over nobody else gets a claimed one. */
  claimDueInAnyWorkspace(sql: Queryable, limit: number): Promise<DueChannel[]> {
    return sql.query(
      `with changed as (
         update channels k set upkeep_due = clock_timestamp() + make_interval(secs => ${leaseSeconds})
         where k.id = any(array(
           select id from channels where state <> 'disconnected' and upkeep_due <= clock_timestamp()
           order by upkeep_due limit $1 for update skip locked))
         returning k.*)
       select c.*, a.last_event_at, extract(epoch from clock_timestamp() - c.state_since)::float8 as state_seconds
       from changed c left join channel_activity a on a.channel_id = c.id`,
      [limit],
    );
  },

  /** Nothing happens when somebody has asked for it sooner since it was claimed. */
  async putOff(workspaceId: string, sql: Queryable, claim: Claim, seconds: number): Promise<void> {
    await sql.query(
      `update channels set upkeep_due = clock_timestamp() + make_interval(secs => $4)
       where workspace_id = $1 and id = $2 and upkeep_due = $3`,
      [workspaceId, claim.id, claim.upkeep_due, seconds],
    );
  },

  /** Whoever owns the page shall look at its subscription at once: a call has come too late and may have spoilt it. */
  async hurryPageInAnyWorkspace(
    sql: Queryable,
    { source, source_channel_id: page }: Pick<ChannelEntity, 'source' | 'source_channel_id'>,
  ): Promise<void> {
    await sql.query(
      `update channels set upkeep_due = clock_timestamp()
       where source = $1 and source_channel_id = $2 and state = 'connected'`,
      [source, page],
    );
  },

  /**
   * What the source says of the subscription. Null: nothing that can be seen changes, or it was said to a token that was
   * replaced meanwhile. Only a new token ends `reauth_required`.
   */
  async recordCheck(
    workspaceId: string,
    sql: Queryable,
    checked: Pick<ChannelEntity, 'id' | 'epoch' | 'token_sealed'>,
    found: { readonly fields: readonly string[] | null; readonly health: ChannelHealth },
  ): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set health_state = $5, health_reason = $6, version = k.version + 1,
           subscribed_fields = coalesce($7, k.subscribed_fields),
           health_since = case when k.health_state = $5 then k.health_since else clock_timestamp() end
         where workspace_id = $1 and id = $2 and epoch = $3 and token_sealed is not distinct from $4
           and state = 'connected' and health_state <> 'reauth_required'
           and (k.health_state, k.health_reason, k.subscribed_fields)
             is distinct from ($5, $6, coalesce($7, k.subscribed_fields))`,
      ),
      [
        workspaceId,
        checked.id,
        checked.epoch,
        checked.token_sealed,
        found.health.state,
        found.health.reason,
        found.fields,
      ],
    );
    return rows[0] ?? null;
  },

  /** Records up to `to` were read again; null: all were. False: somebody else has moved it meanwhile. */
  async moveReplay(
    workspaceId: string,
    sql: Queryable,
    id: string,
    { from, to }: { readonly from: Date; readonly to: Date | null },
  ): Promise<boolean> {
    const rows = await sql.query(
      `update channels set replay_since = $4
       where workspace_id = $1 and id = $2 and replay_since = $3 and state = 'connected' returning id`,
      [workspaceId, id, from, to],
    );
    return rows.length > 0;
  },
};
