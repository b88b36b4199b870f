import type { Queryable } from '../database.js';
import type { WebhookGapEntity } from '../entities/webhook-gap.entity.js';
import { changedChannels, type ChannelRow } from './channel-rows.js';

export type NewWebhookGap = Omit<WebhookGapEntity, 'created_at'>;

const perTurn = 1_000;
const keptDays = 90;

/** Times in which webhooks were refused. They come from processes that could ask nobody whose page it is. */
export const webhookGapStore = {
  async putInAnyWorkspace(sql: Queryable, gaps: readonly NewWebhookGap[]): Promise<void> {
    await sql.query(
      `insert into webhook_gaps (id, source, source_channel_id, started_at, ended_at, refused)
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::integer[])
       on conflict (id) do update set ended_at = excluded.ended_at, refused = excluded.refused`,
      [
        gaps.map(({ id }) => id),
        gaps.map(({ source }) => source),
        gaps.map(({ source_channel_id: page }) => page),
        gaps.map(({ started_at: from }) => from),
        gaps.map(({ ended_at: to }) => to),
        gaps.map(({ refused }) => refused),
      ],
    );
  },

  /** Shows it on the channel of the page, whose subscription is looked at soon: the source may have ended it. Null: nobody's. */
  async showInAnyWorkspace(sql: Queryable, gap: NewWebhookGap): Promise<ChannelRow | null> {
    const rows = await sql.query<ChannelRow>(
      changedChannels(
        `update channels k set last_gap = $3, version = k.version + 1, upkeep_due = least(k.upkeep_due, clock_timestamp())
         where source = $1 and source_channel_id = $2 and state in ('connecting', 'connected')
           and (k.last_gap is null or (k.last_gap ->> 'to')::timestamptz < $4)`,
      ),
      [
        gap.source,
        gap.source_channel_id,
        { from: gap.started_at.toISOString(), to: gap.ended_at.toISOString(), refused: gap.refused },
        gap.ended_at,
      ],
    );
    return rows[0] ?? null;
  },

  async pruneInAnyWorkspace(sql: Queryable): Promise<number> {
    const rows = await sql.query(
      `delete from webhook_gaps where id in (
         select id from webhook_gaps where created_at < clock_timestamp() - make_interval(days => $1)
         order by created_at limit ${perTurn}
       ) returning id`,
      [keptDays],
    );
    return rows.length;
  },
};
