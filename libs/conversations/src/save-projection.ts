import { projectionStore, sendStore, type Transaction } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import type { Unrouted } from '#libs/messaging';
import { unroutedRecord, updateRecord } from './log-records.js';
import type { Projection, UnroutedEvent } from './projection.js';

/**
 * Writes what the batch changed, a statement a table, in the lock order; its announcements are the last statement. `save`: how
 * much of the conversations.
 */
export async function saveProjection(
  sql: Transaction,
  log: EventLog,
  projection: Projection,
  save: 'saveConversations' | 'moveConversations' = 'saveConversations',
): Promise<void> {
  projectionStore[save](sql, pick(projection.conversations, projection.changedConversations));
  projectionStore.countConversations(sql, newConversationCounts(projection));
  projectionStore.insertMessages(
    sql,
    pick(projection.messages, projection.newMessages),
    pick(projection.sources, projection.changedSources),
  );
  projectionStore.updateMessages(sql, pick(projection.messages, projection.changedMessages));
  projectionStore.saveWaiting(sql, [...projection.parked.values()]);
  projectionStore.forgetWaiting(sql, projection.unparked);
  await sendStore.settleAttempts(sql, projection.settled);
  log.appendIn(sql, [
    ...projection.updates.map((update) => updateRecord(update, projection.origins.get(update))),
    ...projection.unrouted.map((unrouted) =>
      unroutedRecord(unroutedOf(projection, unrouted), projection.rules.originOf?.(unrouted.event)),
    ),
  ]);
}

/** What it needs to be read again once the page is connected again. */
function unroutedOf(projection: Projection, { event, reason }: UnroutedEvent): Unrouted {
  const channel = projection.channels.get(event.channel_id);
  const isOwn = channel?.workspace_id === event.workspace_id;
  return {
    source: event.source,
    source_channel_id: isOwn ? channel.source_channel_id : null,
    source_app_id: isOwn ? channel.source_app_id : null,
    reason,
    received_at: event.received_at,
    raw: event.raw ?? '',
    event_id: event.id,
  };
}

function newConversationCounts(projection: Projection): { workspace_id: string; shard: number; total: number }[] {
  const counts = new Map<string, { workspace_id: string; shard: number; total: number }>();
  for (const { workspace_id, id } of pick(projection.conversations, projection.newConversations)) {
    const shard = projection.rules.partitionOf(id);
    const key = `${workspace_id} ${String(shard)}`;
    const count = counts.get(key) ?? { workspace_id, shard, total: 0 };
    count.total += 1;
    counts.set(key, count);
  }
  return [...counts.values()];
}

function pick<Row>(rows: ReadonlyMap<string, Row>, keys: ReadonlySet<string>): Row[] {
  return [...keys].flatMap((key) => {
    const row = rows.get(key);
    return row === undefined ? [] : [row];
  });
}
