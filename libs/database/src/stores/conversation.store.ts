import type { Queryable, Transaction } from '../database.js';
import type { ConversationEntity } from '../entities/conversation.entity.js';

/** A place in a list sorted by time and id. */
export interface ListPosition {
  readonly at: string;
  readonly id: string;
}

export interface ListPage {
  readonly limit: number;
  /** Rows beyond this position, on the side that `direction` names; null: from the newest. */
  readonly from: ListPosition | null;
  readonly direction: 'older' | 'newer';
}

export const conversationStore = {
  /** Only what shows itself: a conversation begins with its first message. */
  async find(workspaceId: string, sql: Queryable, id: string): Promise<ConversationEntity | null> {
    const [row] = await sql.query<ConversationEntity>(
      'select * from conversations where workspace_id = $1 and id = $2 and last_message_id is not null',
      [workspaceId, id],
    );
    return row ?? null;
  },

  /** As `find`, and nobody else changes it or its messages until the transaction ends. */
  async lock(workspaceId: string, sql: Transaction, id: string): Promise<ConversationEntity | null> {
    const [row] = await sql.query<ConversationEntity>(
      'select * from conversations where workspace_id = $1 and id = $2 and last_message_id is not null for update',
      [workspaceId, id],
    );
    return row ?? null;
  },

  async findByContact(
    workspaceId: string,
    sql: Queryable,
    channelId: string,
    sourceContactId: string,
  ): Promise<ConversationEntity | null> {
    const [row] = await sql.query<ConversationEntity>(
      'select * from conversations where workspace_id = $1 and channel_id = $2 and source_contact_id = $3',
      [workspaceId, channelId, sourceContactId],
    );
    return row ?? null;
  },

  /** Newest `last_message` first, also when read towards the newer side. */
  async list(workspaceId: string, sql: Queryable, { limit, from, direction }: ListPage): Promise<ConversationEntity[]> {
    const [compare, order] = direction === 'older' ? ['<', 'desc'] : ['>', 'asc'];
    const rows = await sql.query<ConversationEntity>(
      `select * from conversations where workspace_id = $1 and last_message_id is not null
         and ($2::timestamptz is null or (last_message_sent_at, id) ${compare} ($2::timestamptz, $3::uuid))
       order by last_message_sent_at ${order}, id ${order} limit $4`,
      [workspaceId, from?.at ?? null, from?.id ?? null, limit],
    );
    return direction === 'older' ? rows : rows.reverse();
  },

  async count(workspaceId: string, sql: Queryable): Promise<number> {
    const [row] = await sql.query<{ total: number }>(
      'select coalesce(sum(total), 0)::bigint as total from conversation_counts where workspace_id = $1',
      [workspaceId],
    );
    return row?.total ?? 0;
  },
};
