import type { Queryable } from '../database.js';

/**
 * What these data hold as not sent yet, or as being sent, may have been sent since they were copied. Its attempts are closed
 * as unknown before anybody can see them, so that no sender takes them up; `owes_news` lets a sender tell of it.
 */
export async function doubtSends(sql: Queryable): Promise<number> {
  await sql.query('set local statement_timeout = 0');
  const doubted = await sql.query(
    `insert into send_attempts as a
       (message_id, attempt, workspace_id, conversation_id, channel_id, state, tries, lane_epoch, opened_at, closed_at)
     select m.id, m.attempt, m.workspace_id, m.conversation_id, m.channel_id, 'unknown', 0, l.epoch, now(), now()
     from send_lanes l join messages m
       on m.conversation_id = l.conversation_id and m.workspace_id = l.workspace_id and m.state = 'pending'
     where l.next_due is not null
     on conflict (message_id, attempt) do update set state = 'unknown', closed_at = excluded.closed_at
       where a.state in ('open', 'not_sent')
     returning a.message_id`,
  );
  return doubted.length;
}
