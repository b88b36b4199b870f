import type { Queryable } from '../database.js';
import type { OpenAttempt } from './send.store.js';

/** Lanes hold sends back for minutes; what is older than this stands in the conversation, or never will. */
const namelessSeconds = 3_600;

/** What has to be known of a conversation before a message found at the source is taken for one of ours. */
export const doubtStore = {
  /** Which of these ids of the source belong to a message already. */
  async knownSources(
    workspaceId: string,
    sql: Queryable,
    channelId: string,
    sourceMessageIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await sql.query<{ source_message_id: string }>(
      `select source_message_id from message_sources
       where workspace_id = $1 and channel_id = $2 and source_message_id = any($3)`,
      [workspaceId, channelId, sourceMessageIds],
    );
    return new Set(rows.map((row) => row.source_message_id));
  },

  /** Whether another attempt of the conversation was, or may have been, taken lately under an id that is not known here. */
  async hasNamelessSend(workspaceId: string, sql: Queryable, but: OpenAttempt): Promise<boolean> {
    const rows = await sql.query(
      `select from messages m join send_attempts a on a.message_id = m.id
       where m.workspace_id = $1 and m.conversation_id = $2 and (a.message_id, a.attempt) <> ($3, $4)
         and a.state in ('open', 'accepted', 'unknown') and a.opened_at > now() - make_interval(secs => ${namelessSeconds})
         and not exists (select from message_sources s where s.message_id = a.message_id and s.attempt = a.attempt)
       limit 1`,
      [workspaceId, but.conversation_id, but.message_id, but.attempt],
    );
    return rows.length > 0;
  },
};
