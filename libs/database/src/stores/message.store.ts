import type { Queryable } from '../database.js';
import type { MessageEntity } from '../entities/message.entity.js';
import type { ListPage } from './conversation.store.js';

export const messageStore = {
  async find(workspaceId: string, sql: Queryable, id: string): Promise<MessageEntity | null> {
    const [row] = await sql.query<MessageEntity>('select * from messages where workspace_id = $1 and id = $2', [
      workspaceId,
      id,
    ]);
    return row ?? null;
  },

  findMany(workspaceId: string, sql: Queryable, ids: readonly string[]): Promise<MessageEntity[]> {
    return sql.query('select * from messages where workspace_id = $1 and id = any($2::uuid[])', [workspaceId, ids]);
  },

  /** By the id that the source gave it; every look-up by mid goes through `message_sources`. */
  async findBySource(
    workspaceId: string,
    sql: Queryable,
    channelId: string,
    sourceMessageId: string,
  ): Promise<MessageEntity | null> {
    const [row] = await sql.query<MessageEntity>(
      `select m.* from message_sources s join messages m on m.id = s.message_id and m.workspace_id = s.workspace_id
       where s.workspace_id = $1 and s.channel_id = $2 and s.source_message_id = $3`,
      [workspaceId, channelId, sourceMessageId],
    );
    return row ?? null;
  },

  /** The newest that counts as unread until it is read. */
  async newestCounted(
    workspaceId: string,
    sql: Queryable,
    conversationId: string,
  ): Promise<Pick<MessageEntity, 'id' | 'sent_at'> | null> {
    const [row] = await sql.query<Pick<MessageEntity, 'id' | 'sent_at'>>(
      `select id, sent_at from messages where workspace_id = $1 and conversation_id = $2 and counts_as_unread
       order by sent_at desc, id desc limit 1`,
      [workspaceId, conversationId],
    );
    return row ?? null;
  },

  /** What the source sent, as JSON text; one message may have several. */
  async raws(workspaceId: string, sql: Queryable, messageId: string): Promise<string[]> {
    const rows = await sql.query<{ raw: string }>(
      'select raw from message_sources where workspace_id = $1 and message_id = $2 and raw is not null order by source_message_id',
      [workspaceId, messageId],
    );
    return rows.map((row) => row.raw);
  },

  /** Newest first, also when read towards the newer side. */
  async list(workspaceId: string, sql: Queryable, conversationId: string, page: ListPage): Promise<MessageEntity[]> {
    const { limit, from, direction } = page;
    const [compare, order] = direction === 'older' ? ['<', 'desc'] : ['>', 'asc'];
    const rows = await sql.query<MessageEntity>(
      `select * from messages where workspace_id = $1 and conversation_id = $2
         and ($3::timestamptz is null or (sent_at, id) ${compare} ($3::timestamptz, $4::uuid))
       order by sent_at ${order}, id ${order} limit $5`,
      [workspaceId, conversationId, from?.at ?? null, from?.id ?? null, limit],
    );
    return direction === 'older' ? rows : rows.reverse();
  },
};
