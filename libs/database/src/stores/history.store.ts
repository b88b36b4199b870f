import type { Queryable, Transaction } from '../database.js';
import type { MessageEntity } from '../entities/message.entity.js';

export type DoubtedMessage = MessageEntity & { readonly source_contact_id: string };

/** The starts of the server on these data. Of the whole installation. */
export const historyStore = {
  /** False: the start is of a later state of the data than this, or was never here. */
  async knows(sql: Queryable, token: string): Promise<boolean> {
    const rows = await sql.query('select token from database_starts where token::text = $1', [token]);
    return rows.length > 0;
  },

  /** Sends were closed as unknown, and nobody has been told: the start since when. */
  async owedNews(sql: Queryable): Promise<string | null> {
    const [row] = await sql.query<{ token: string }>('select token from database_starts where owes_news limit 1');
    return row?.token ?? null;
  },

  /** True as long as the transaction lasts for one caller only. */
  async claimNews(sql: Transaction, token: string): Promise<boolean> {
    const rows = await sql.query(
      'select token from database_starts where owes_news and token = $1 for update skip locked',
      [token],
    );
    return rows.length > 0;
  },

  async newsIsTold(sql: Transaction, token: string): Promise<void> {
    await sql.query('update database_starts set owes_news = false where token = $1', [token]);
  },

  /** Pending by their row, and unknown by their attempt. */
  doubtedInAnyWorkspace(sql: Queryable, afterId: string | null, limit: number): Promise<DoubtedMessage[]> {
    return sql.query(
      `select m.*, c.source_contact_id from send_attempts a
       join messages m on m.id = a.message_id and m.attempt = a.attempt and m.workspace_id = a.workspace_id
       join conversations c on c.id = m.conversation_id
       where a.state = 'unknown' and m.state = 'pending' and ($1::uuid is null or m.id > $1) order by m.id limit $2`,
      [afterId, limit],
    );
  },
};
