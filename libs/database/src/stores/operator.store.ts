import type { Queryable } from '../database.js';
import type { ChannelEntity } from '../entities/channel.entity.js';

/** Beyond it the exact number helps nobody, and counting it would cost. */
const maxCounted = 100_000;
/** Three lines each in every scrape; the ones that need somebody come first. */
const maxChannels = 2_000;

export interface OpenSends {
  readonly open: number;
  readonly oldest_seconds: number;
  readonly attempts: number;
}

export interface HealthCount {
  readonly state: string;
  readonly count: number;
}

export interface ChannelGauge extends Pick<ChannelEntity, 'health_state'> {
  readonly channel_id: string;
  readonly last_event_seconds: number | null;
  readonly token_seconds: number | null;
}

/** What an operator watches, of the installation as a whole. Every statement reads an index that holds only what is open. */
export const operatorStore = {
  async openSendsInAnyWorkspace(sql: Queryable): Promise<OpenSends> {
    const [row] = await sql.query<OpenSends>(
      `select p.open, p.oldest_seconds, a.attempts
       from (
         select count(*)::integer as open,
           coalesce(greatest(0, extract(epoch from clock_timestamp() - min(sent_at))), 0)::float8 as oldest_seconds
         from (select sent_at from messages where state = 'pending' limit ${maxCounted}) pending
       ) p, (
         select count(*)::integer as attempts from (select from send_attempts where state = 'open' limit ${maxCounted}) o
       ) a`,
    );
    return row ?? { open: 0, oldest_seconds: 0, attempts: 0 };
  },

  async countWaitingInAnyWorkspace(sql: Queryable): Promise<number> {
    const [row] = await sql.query<{ count: number }>(
      `select count(*)::integer as count from (select from waiting_effects limit ${maxCounted}) w`,
    );
    return row?.count ?? 0;
  },

  countHealthInAnyWorkspace(sql: Queryable): Promise<HealthCount[]> {
    return sql.query('select health_state as state, count(*)::integer as count from channels group by 1 order by 1');
  },

  channelsInAnyWorkspace(sql: Queryable): Promise<ChannelGauge[]> {
    return sql.query(
      `select c.id as channel_id, c.health_state,
         extract(epoch from clock_timestamp() - a.last_event_at)::float8 as last_event_seconds,
         extract(epoch from c.token_expires_at - clock_timestamp())::float8 as token_seconds
       from channels c left join channel_activity a on a.channel_id = c.id
       where c.state <> 'disconnected'
       order by c.health_state = 'connected', c.token_expires_at nulls last, c.id limit ${maxChannels}`,
    );
  },
};
