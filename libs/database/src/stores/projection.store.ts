import type { Queryable, Transaction } from '../database.js';
import type { ChannelEntity } from '../entities/channel.entity.js';
import type { ConversationEntity } from '../entities/conversation.entity.js';
import type { MessageSourceEntity } from '../entities/message-source.entity.js';
import type { MessageEntity } from '../entities/message.entity.js';
import type { WaitingEffectEntity } from '../entities/waiting-effect.entity.js';

/** Batches hold several workspaces: every key says whose it is. */
export interface RowKey {
  readonly workspace_id: string;
  readonly id: string;
}

export interface ConversationShell extends RowKey {
  readonly channel_id: string;
  readonly source_contact_id: string;
}

export interface SourceKey {
  readonly workspace_id: string;
  readonly channel_id: string;
  readonly source_message_id: string;
}

export interface WaitingKey {
  readonly workspace_id: string;
  readonly channel_id: string;
  readonly awaits: string;
}

type Rows = readonly object[];

const workspaceIds = (keys: readonly RowKey[]): string[] => keys.map((key) => key.workspace_id);
const ids = (keys: readonly RowKey[]): string[] => keys.map((key) => key.id);

/** What the projector and the senders' side of the API load and save, by sets: one statement a table. */
export const projectionStore = {
  /** Locks in the order of ids, everywhere the same; a conversation nobody heard of yet gets its row here. */
  async lockConversations(sql: Transaction, shells: readonly ConversationShell[]): Promise<ConversationEntity[]> {
    const sorted = shells.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const found = await lockExisting(sql, sorted);
    if (found.length === sorted.length) return found;
    const known = new Set(ids(found));
    const missing = sorted.filter((shell) => !known.has(shell.id));
    await sql.query(
      `insert into conversations (id, workspace_id, channel_id, source_contact_id)
       select r.id, r.workspace_id, r.channel_id, r.source_contact_id
       from json_populate_recordset(null::conversations, $1) r order by r.id
       on conflict (id) do nothing`,
      [JSON.stringify(missing)],
    );
    return [...found, ...(await lockExisting(sql, missing))];
  },

  channels(sql: Queryable, keys: readonly RowKey[]): Promise<ChannelEntity[]> {
    return sql.query(
      `select c.* from channels c
       join unnest($1::uuid[], $2::uuid[]) k(workspace_id, id) on c.id = k.id and c.workspace_id = k.workspace_id`,
      [workspaceIds(keys), ids(keys)],
    );
  },

  messages(sql: Queryable, keys: readonly RowKey[]): Promise<MessageEntity[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return sql.query(
      `select m.* from messages m
       join unnest($1::uuid[], $2::uuid[]) k(workspace_id, id) on m.id = k.id and m.workspace_id = k.workspace_id`,
      [workspaceIds(keys), ids(keys)],
    );
  },

  /** Ours, of these conversations, that a watermark may still move. */
  messagesAwaitingReceipt(sql: Queryable, conversations: readonly RowKey[]): Promise<MessageEntity[]> {
    if (conversations.length === 0) return Promise.resolve([]);
    return sql.query(
      `select m.* from messages m
       join unnest($1::uuid[], $2::uuid[]) k(workspace_id, id) on m.conversation_id = k.id and m.workspace_id = k.workspace_id
       where not m.from_contact and m.state in ('sent', 'delivered')`,
      [workspaceIds(conversations), ids(conversations)],
    );
  },

  /** Messages with an attempt whose result is not yet in their row. */
  messagesInFlight(
    sql: Queryable,
    conversations: readonly RowKey[],
  ): Promise<{ conversation_id: string; id: string }[]> {
    if (conversations.length === 0) return Promise.resolve([]);
    return sql.query(
      `select m.conversation_id, m.id from messages m
       join unnest($1::uuid[], $2::uuid[]) k(workspace_id, id) on m.conversation_id = k.id and m.workspace_id = k.workspace_id
       join send_attempts a on a.message_id = m.id and a.attempt = m.attempt
       where m.state = 'pending'`,
      [workspaceIds(conversations), ids(conversations)],
    );
  },

  sources(sql: Queryable, keys: readonly SourceKey[]): Promise<MessageSourceEntity[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return sql.query(
      `select s.* from message_sources s
       join unnest($1::uuid[], $2::uuid[], $3::text[]) k(workspace_id, channel_id, source_message_id)
         on s.channel_id = k.channel_id and s.source_message_id = k.source_message_id and s.workspace_id = k.workspace_id`,
      [workspaceIdsOf(keys), keys.map((key) => key.channel_id), keys.map((key) => key.source_message_id)],
    );
  },

  waiting(sql: Queryable, keys: readonly WaitingKey[]): Promise<WaitingEffectEntity[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return sql.query(
      `select w.* from waiting_effects w
       join unnest($1::uuid[], $2::uuid[], $3::text[]) k(workspace_id, channel_id, awaits)
         on w.channel_id = k.channel_id and w.awaits = k.awaits and w.workspace_id = k.workspace_id`,
      [workspaceIdsOf(keys), keys.map((key) => key.channel_id), keys.map((key) => key.awaits)],
    );
  },

  async saveConversations(sql: Transaction, rows: readonly ConversationEntity[]): Promise<void> {
    if (rows.length > 0) await updateRows(sql, 'conversations', conversationColumns, rows);
  },

  /** One row a workspace and shard; taken after the conversations and in order, so it is part of the lock order. */
  async countConversations(
    sql: Transaction,
    counts: readonly { workspace_id: string; shard: number; total: number }[],
  ): Promise<void> {
    if (counts.length === 0) return;
    await sql.query(
      `insert into conversation_counts as c (workspace_id, shard, total)
       select r.workspace_id, r.shard, r.total from json_populate_recordset(null::conversation_counts, $1) r
       order by r.workspace_id, r.shard
       on conflict (workspace_id, shard) do update set total = c.total + excluded.total`,
      [JSON.stringify(counts)],
    );
  },

  async insertMessages(sql: Transaction, rows: readonly MessageEntity[]): Promise<void> {
    if (rows.length > 0) await insertRows(sql, 'messages', rows);
  },

  async updateMessages(sql: Transaction, rows: readonly MessageEntity[]): Promise<void> {
    if (rows.length > 0) await updateRows(sql, 'messages', messageColumns, rows);
  },

  async saveSources(sql: Transaction, rows: readonly MessageSourceEntity[]): Promise<void> {
    if (rows.length === 0) return;
    await sql.query(
      `insert into message_sources as s select r.* from json_populate_recordset(null::message_sources, $1) r
       on conflict (channel_id, source_message_id) do update set raw = coalesce(s.raw, excluded.raw)`,
      [JSON.stringify(rows)],
    );
  },

  async saveWaiting(sql: Transaction, rows: readonly WaitingEffectEntity[]): Promise<void> {
    if (rows.length === 0) return;
    await sql.query(
      `insert into waiting_effects select r.* from json_populate_recordset(null::waiting_effects, $1) r
       on conflict (channel_id, awaits, event_id) do nothing`,
      [JSON.stringify(rows)],
    );
  },

  async forgetWaiting(sql: Transaction, keys: readonly (WaitingKey & { event_id: string })[]): Promise<void> {
    if (keys.length === 0) return;
    await sql.query(
      `delete from waiting_effects w using json_populate_recordset(null::waiting_effects, $1) r
       where w.channel_id = r.channel_id and w.awaits = r.awaits and w.event_id = r.event_id and w.workspace_id = r.workspace_id`,
      [JSON.stringify(keys)],
    );
  },
};

// what may change after the row was made
const conversationColumns = [
  'created_at version last_message_id last_message_sent_at message_count unread_count read_up_to_sent_at read_up_to_id',
  'delivered_watermark read_watermark window_opened_at contact contact_fetched_at state tags user_data thread_owner',
].flatMap((line) => line.split(' '));
const messageColumns = [
  'source_message_id version content reply_to reactions state attempt failure source_sent_at delivered_at read_at edited_at',
  'edit_number deleted_at metadata source_data',
].flatMap((line) => line.split(' '));

function workspaceIdsOf(keys: readonly { readonly workspace_id: string }[]): string[] {
  return keys.map((key) => key.workspace_id);
}

function lockExisting(sql: Transaction, keys: readonly RowKey[]): Promise<ConversationEntity[]> {
  return sql.query(
    `select c.* from conversations c
     join unnest($1::uuid[], $2::uuid[]) k(workspace_id, id) on c.id = k.id and c.workspace_id = k.workspace_id
     order by c.id for update of c`,
    [workspaceIds(keys), ids(keys)],
  );
}

async function insertRows(sql: Transaction, table: string, rows: Rows): Promise<void> {
  await sql.query(`insert into ${table} select r.* from json_populate_recordset(null::${table}, $1) r`, [
    JSON.stringify(rows),
  ]);
}

async function updateRows(sql: Transaction, table: string, columns: readonly string[], rows: Rows): Promise<void> {
  await sql.query(
    `update ${table} t set ${columns.map((column) => `${column} = r.${column}`).join(', ')}
     from json_populate_recordset(null::${table}, $1) r where t.id = r.id and t.workspace_id = r.workspace_id`,
    [JSON.stringify(rows)],
  );
}
