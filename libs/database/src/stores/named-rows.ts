import type { Prepared, Queryable } from '../database.js';
import type { MessageSourceEntity } from '../entities/message-source.entity.js';
import type { MessageEntity } from '../entities/message.entity.js';
import type { WaitingEffectEntity } from '../entities/waiting-effect.entity.js';
import { keySet, sourceKeySet, waitingKeySet } from './projection-sets.js';
import type { RowKey, SourceKey, WaitingKey } from './projection.store.js';

export interface RowNames {
  readonly waiting: readonly WaitingKey[];
  /** The rows that say whose they are, and the messages themselves. */
  readonly sources: readonly SourceKey[];
  readonly messages: readonly RowKey[];
}

export interface NamedRows {
  readonly waiting: readonly WaitingEffectEntity[];
  readonly sources: readonly MessageSourceEntity[];
  /** One that is named twice comes twice. */
  readonly messages: readonly MessageEntity[];
}

/** One statement for three tables, most often without an answer: four of them were a fifth of what a small batch costs. */
export async function loadNamedRows(sql: Queryable, { waiting, sources, messages }: RowNames): Promise<NamedRows> {
  if (waiting.length + sources.length + messages.length === 0) return { waiting: [], sources: [], messages: [] };
  const rows = await sql.query<NamedRow>(namedRows, [
    ...waitingKeySet.parameters(waiting),
    ...sourceKeySet.parameters(sources),
    ...keySet.parameters(messages),
  ]);
  return {
    waiting: rows.flatMap((row) => (row.kind === 'waiting' ? [withDates(row.row, waitingDates)] : [])),
    sources: rows.flatMap((row) => (row.kind === 'source' ? [row.row] : [])),
    messages: rows.flatMap((row) => (row.kind === 'message' ? [withDates(row.row, messageDates)] : [])),
  };
}

type NamedRow =
  | { readonly kind: 'waiting'; readonly row: WaitingEffectEntity }
  | { readonly kind: 'source'; readonly row: MessageSourceEntity }
  | { readonly kind: 'message'; readonly row: MessageEntity };

/** Each column that holds a time: as JSON it comes as text. */
type DatesOf<Row> = Readonly<Record<{ [Key in keyof Row]: Date extends Row[Key] ? Key : never }[keyof Row], true>>;

const waitingDates: DatesOf<WaitingEffectEntity> = { created_at: true };
const messageDates: DatesOf<MessageEntity> = {
  ...{ sent_at: true, source_sent_at: true, received_at: true },
  ...{ delivered_at: true, read_at: true, edited_at: true, deleted_at: true },
};

function withDates<Row extends object>(row: Row, dates: object): Row {
  const times = Object.entries(row).filter(([name, value]) => name in dates && value !== null);
  return { ...row, ...Object.fromEntries(times.map(([name, value]) => [name, new Date(value as string)])) };
}

const namedRows: Prepared = {
  name: 'named_rows',
  text: `with told as materialized (
      select s.* from message_sources s join ${sourceKeySet.from(4)}
        on s.channel_id = r.channel_id and s.source_message_id = r.source_message_id and s.workspace_id = r.workspace_id)
    select 'waiting' as kind, to_json(w) as row from waiting_effects w
      join ${waitingKeySet.from(1)}
        on w.channel_id = r.channel_id and w.awaits = r.awaits and w.workspace_id = r.workspace_id
    union all select 'source', to_json(told) from told
    union all select 'message', to_json(m) from told
      join messages m on m.id = told.message_id and m.workspace_id = told.workspace_id
    union all select 'message', to_json(m) from messages m
      join ${keySet.from(7)} on m.id = r.id and m.workspace_id = r.workspace_id`,
};
