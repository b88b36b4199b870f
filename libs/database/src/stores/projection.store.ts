import type { Prepared, Queryable, Transaction } from '../database.js';
import type { ChannelEntity } from '../entities/channel.entity.js';
import type { ConversationEntity } from '../entities/conversation.entity.js';
import type { MessageSourceEntity } from '../entities/message-source.entity.js';
import type { MessageEntity } from '../entities/message.entity.js';
import type { WaitingEffectEntity } from '../entities/waiting-effect.entity.js';
import {
  changeSet,
  conversationSet,
  countSet,
  effectSet,
  keySet,
  messageSet,
  movedSet,
  shellSet,
  sourceKeySet,
  sourceSet,
  waitingSet,
  type MovedConversation,
} from './projection-sets.js';
import type { RowSet } from './row-set.js';

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

/**
 * What the projector and the senders' side of the API load and save, by sets: one statement a table. Loads asked for in one
 * turn and everything that is saved go out without waiting for one another.
 */
export const projectionStore = {
  /** Locks in the order of ids, everywhere the same; a conversation nobody heard of yet gets its row here. */
  lockConversations(sql: Transaction, shells: readonly ConversationShell[]): Promise<ConversationEntity[]> {
    if (shells.length === 0) return Promise.resolve([]);
    sql.send(statements.addConversations, shellSet.parameters(shells));
    return sql.query(statements.lockConversations, keySet.parameters(shells));
  },

  channels(sql: Queryable, keys: readonly RowKey[]): Promise<ChannelEntity[]> {
    return sql.query(statements.channels, keySet.parameters(keys));
  },

  /** Ours, of these conversations, that a watermark may still move. */
  messagesAwaitingReceipt(sql: Queryable, conversations: readonly RowKey[]): Promise<MessageEntity[]> {
    if (conversations.length === 0) return Promise.resolve([]);
    return sql.query(statements.messagesAwaitingReceipt, keySet.parameters(conversations));
  },

  /** Messages with an attempt whose result is not yet in their row. */
  messagesInFlight(
    sql: Queryable,
    conversations: readonly RowKey[],
  ): Promise<{ conversation_id: string; id: string }[]> {
    if (conversations.length === 0) return Promise.resolve([]);
    return sql.query(statements.messagesInFlight, keySet.parameters(conversations));
  },

  sources(sql: Queryable, keys: readonly SourceKey[]): Promise<MessageSourceEntity[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return sql.query(statements.sources, sourceKeySet.parameters(keys));
  },

  saveConversations(sql: Transaction, rows: readonly ConversationEntity[]): void {
    sendRows(sql, statements.saveConversations, conversationSet, rows);
  },

  /** What events change of them, and nothing else: half of what `saveConversations` writes. */
  moveConversations(sql: Transaction, rows: readonly MovedConversation[]): void {
    sendRows(sql, statements.moveConversations, movedSet, rows);
  },

  /** One row a workspace and shard; taken after the conversations and in order, so it is part of the lock order. */
  countConversations(
    sql: Transaction,
    counts: readonly { workspace_id: string; shard: number; total: number }[],
  ): void {
    sendRows(sql, statements.countConversations, countSet, counts);
  },

  /** With what the source calls these, and others that are there already. */
  insertMessages(sql: Transaction, rows: readonly MessageEntity[], sources: readonly MessageSourceEntity[]): void {
    if (rows.length + sources.length > 0)
      sql.send(statements.insertMessages, [...messageSet.parameters(rows), ...sourceSet.parameters(sources)]);
  },

  updateMessages(sql: Transaction, rows: readonly MessageEntity[]): void {
    sendRows(sql, statements.updateMessages, changeSet, rows);
  },

  saveWaiting(sql: Transaction, rows: readonly WaitingEffectEntity[]): void {
    sendRows(sql, statements.saveWaiting, waitingSet, rows);
  },

  forgetWaiting(sql: Transaction, keys: readonly (WaitingKey & { event_id: string })[]): void {
    sendRows(sql, statements.forgetWaiting, effectSet, keys);
  },
};

const ofIds = `join ${keySet.from(1)}`;
const ofSources = `join ${sourceKeySet.from(1)}
  on s.channel_id = r.channel_id and s.source_message_id = r.source_message_id and s.workspace_id = r.workspace_id`;

const statements = {
  addConversations: prepared(
    'add_conversations',
    `insert into conversations (${shellSet.names}) select ${shellSet.names} from ${shellSet.from(1)}
     where not exists (select from conversations c where c.id = r.id) order by r.id
     on conflict (id) do nothing`,
  ),
  lockConversations: prepared(
    'lock_conversations',
    `select c.* from conversations c ${ofIds} on c.id = r.id and c.workspace_id = r.workspace_id
     order by c.id for update of c`,
  ),
  channels: prepared(
    'projection_channels',
    `select c.* from channels c ${ofIds} on c.id = r.id and c.workspace_id = r.workspace_id`,
  ),
  messagesAwaitingReceipt: prepared(
    'messages_awaiting_receipt',
    `select m.* from messages m ${ofIds} on m.conversation_id = r.id and m.workspace_id = r.workspace_id
     where not m.from_contact and m.state in ('sent', 'delivered')`,
  ),
  messagesInFlight: prepared(
    'messages_in_flight',
    `select m.conversation_id, m.id from messages m ${ofIds}
       on m.conversation_id = r.id and m.workspace_id = r.workspace_id
     join send_attempts a on a.message_id = m.id and a.attempt = m.attempt
     where m.state = 'pending'`,
  ),
  sources: prepared('projection_sources', `select s.* from message_sources s ${ofSources}`),
  moveConversations: prepared('move_conversations', updateSql('conversations', movedSet)),
  saveConversations: prepared('save_conversations', updateSql('conversations', conversationSet)),
  countConversations: prepared(
    'count_conversations',
    `insert into conversation_counts as c (workspace_id, shard, total)
     select ${countSet.names} from ${countSet.from(1)}
     order by r.workspace_id, r.shard
     on conflict (workspace_id, shard) do update set total = c.total + excluded.total`,
  ),
  insertMessages: prepared(
    'insert_messages',
    `with told as (
       insert into message_sources as s (${sourceSet.names}) select ${sourceSet.names} from ${sourceSet.from(1 + messageSet.columns.length)}
       on conflict (channel_id, source_message_id) do update set raw = coalesce(s.raw, excluded.raw))
     insert into messages (${messageSet.names}) select ${messageSet.names} from ${messageSet.from(1)}`,
  ),
  updateMessages: prepared('update_messages', updateSql('messages', changeSet)),
  saveWaiting: prepared(
    'save_waiting',
    `insert into waiting_effects (${waitingSet.names}) select ${waitingSet.names} from ${waitingSet.from(1)}
     on conflict (channel_id, awaits, event_id) do nothing`,
  ),
  forgetWaiting: prepared(
    'forget_waiting',
    `delete from waiting_effects w using ${effectSet.from(1)}
     where w.channel_id = r.channel_id and w.awaits = r.awaits and w.event_id = r.event_id and w.workspace_id = r.workspace_id`,
  ),
};

function prepared(name: string, text: string): Prepared {
  return { name, text };
}

function updateSql(table: string, set: RowSet<string>): string {
  const changed = set.columns.filter((column) => column !== 'id' && column !== 'workspace_id');
  return `update ${table} t set ${changed.map((column) => `${column} = r.${column}`).join(', ')}
    from ${set.from(1)} where t.id = r.id and t.workspace_id = r.workspace_id`;
}

function sendRows<Column extends string>(
  sql: Transaction,
  statement: Prepared,
  set: RowSet<Column>,
  rows: readonly Readonly<Record<Column, unknown>>[],
): void {
  if (rows.length > 0) sql.send(statement, set.parameters(rows));
}
