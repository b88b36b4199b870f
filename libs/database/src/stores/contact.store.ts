import type { Queryable } from '../database.js';
import type { ConversationEntity } from '../entities/conversation.entity.js';

/** A claimed contact is nobody else's for this long: the source's own limit for a call and some air. */
const leaseSeconds = 30;

/** A claim. `contact_due_at` is where it ends, and who has claimed: another claim has another end. */
export type DueContact = Pick<
  ConversationEntity,
  'id' | 'workspace_id' | 'channel_id' | 'source_contact_id' | 'contact_tries'
> & { readonly contact_due_at: Date };

/** Which contacts are to be asked for. Time is PostgreSQL's. */
export const contactStore = {
  /**
   * Of all workspaces: the sweep belongs to the installation. The newest first, so that whoever writes now has a name
   * soon, whatever backlog there is. Looks only at channels that can be asked, by one probe of the index each: a page
   * with a million contacts that wait for its token costs nothing. Waits for no lock.
   */
  claimDueInAnyWorkspace(sql: Queryable, limit: number): Promise<DueContact[]> {
    return sql.query(
      `with recursive waiting as (
         (select channel_id from conversations where contact_due_at is not null and last_message_id is not null
          order by channel_id limit 1)
         union all
         select (select c.channel_id from conversations c
                 where c.channel_id > w.channel_id and c.contact_due_at is not null and c.last_message_id is not null
                 order by c.channel_id limit 1)
         from waiting w where w.channel_id is not null
       ), due as (
         select d.id from waiting w
         join channels h on h.id = w.channel_id and h.state = 'connected' and h.health_state in ('connected', 'degraded')
           and (h.contacts_paused_until is null or h.contacts_paused_until <= now())
         cross join lateral (
           select c.id, c.contact_due_at from conversations c
           where c.channel_id = h.id and c.contact_due_at <= now() and c.last_message_id is not null
           order by c.contact_due_at desc limit $1 for update skip locked) d
         order by d.contact_due_at desc limit $1
       )
       update conversations c
       set contact_due_at = now() + make_interval(secs => $2), contact_tries = c.contact_tries + 1
       from due where c.id = due.id
       returning c.id, c.workspace_id, c.channel_id, c.source_contact_id, c.contact_tries, c.contact_due_at`,
      [limit, leaseSeconds],
    );
  },

  /** Ends a claim without an answer. One that somebody else has claimed meanwhile is left alone. */
  async putOff(workspaceId: string, sql: Queryable, due: DueContact, seconds: number): Promise<void> {
    await sql.query(
      `update conversations set contact_due_at = now() + make_interval(secs => $4)
       where workspace_id = $1 and id = $2 and contact_due_at = $3`,
      [workspaceId, due.id, due.contact_due_at, seconds],
    );
  },

  async pauseChannel(workspaceId: string, sql: Queryable, channelId: string, seconds: number): Promise<void> {
    await sql.query(
      `update channels set contacts_paused_until = greatest(contacts_paused_until, now() + make_interval(secs => $3))
       where workspace_id = $1 and id = $2`,
      [workspaceId, channelId, seconds],
    );
  },
};
