import { projectionStore, type RowKey, type SourceKey, type Transaction, type WaitingKey } from '#libs/database';
import type { Event } from '#libs/messaging';
import { awaiting, settlesSends } from './park-event.js';
import { emptyProjection, sourceKey, waitingKey, type Projection, type ProjectionRules } from './projection.js';

/** Locks the conversations of a batch and loads every row that its events, and what waits for them, may touch. */
export async function loadProjection(
  sql: Transaction,
  events: readonly Event[],
  rules: ProjectionRules,
): Promise<Projection> {
  const projection = emptyProjection(rules);
  for (const row of await projectionStore.channels(sql, channelKeys(events))) projection.channels.set(row.id, row);
  const shells = conversationShells(events);
  for (const row of await projectionStore.lockConversations(sql, shells)) projection.conversations.set(row.id, row);

  const waiting = await loadWaiting(sql, projection, events, shells);
  await loadMessages(sql, projection, [...events, ...waiting], shells);
  return projection;
}

function channelKeys(events: readonly Event[]): RowKey[] {
  return unique(
    events.map((event) => ({ workspace_id: event.workspace_id, id: event.channel_id })),
    (key) => key.id,
  );
}

function conversationShells(
  events: readonly Event[],
): Parameters<typeof projectionStore.lockConversations>[1][number][] {
  const shells = events.flatMap(({ conversation_id: id, workspace_id, channel_id, source_contact_id }) =>
    id === null || source_contact_id === null ? [] : [{ id, workspace_id, channel_id, source_contact_id }],
  );
  return unique(shells, (shell) => shell.id);
}

/** What waits for something of this batch, and what waits for that in turn; it may name other messages, so it is loaded first. */
async function loadWaiting(
  sql: Transaction,
  projection: Projection,
  events: readonly Event[],
  shells: readonly RowKey[],
): Promise<Event[]> {
  if (events.some(settlesSends)) await loadInFlight(sql, projection, shells);
  const waiting: Event[] = [];
  const asked = new Set<string>();
  for (let found = events; found.length > 0; waiting.push(...found)) {
    const keys = unique(found.flatMap(waitingKeysOf), keyOfWaiting).filter((key) => !asked.has(keyOfWaiting(key)));
    for (const key of keys) asked.add(keyOfWaiting(key));
    const rows = await projectionStore.waiting(sql, keys);
    for (const row of rows) {
      const key = keyOfWaiting(row);
      projection.waiting.set(key, [...(projection.waiting.get(key) ?? []), row]);
    }
    found = rows.map((row) => JSON.parse(row.event) as Event);
  }
  return waiting;
}

function keyOfWaiting({ channel_id, awaits }: WaitingKey): string {
  return waitingKey(channel_id, awaits);
}

async function loadInFlight(sql: Transaction, projection: Projection, shells: readonly RowKey[]): Promise<void> {
  for (const { conversation_id, id } of await projectionStore.messagesInFlight(sql, shells)) {
    projection.inFlight.set(conversation_id, (projection.inFlight.get(conversation_id) ?? new Set()).add(id));
  }
}

async function loadMessages(
  sql: Transaction,
  projection: Projection,
  events: readonly Event[],
  shells: readonly RowKey[],
): Promise<void> {
  const sources = await projectionStore.sources(
    sql,
    unique(events.flatMap(sourceKeysOf), (key) => sourceKey(key.channel_id, key.source_message_id)),
  );
  for (const row of sources) projection.sources.set(sourceKey(row.channel_id, row.source_message_id), row);
  const named = [
    ...sources.map(({ workspace_id, message_id }) => ({ workspace_id, id: message_id })),
    ...events.flatMap(messageKeysOf),
  ];
  const withReceipts = new Set(events.flatMap((event) => (hasWatermark(event) ? [event.conversation_id] : [])));
  const rows = [
    ...(await projectionStore.messages(
      sql,
      unique(named, (key) => key.id),
    )),
    ...(await projectionStore.messagesAwaitingReceipt(
      sql,
      shells.filter((shell) => withReceipts.has(shell.id)),
    )),
  ];
  for (const row of rows) projection.messages.set(row.id, row);
}

function waitingKeysOf(event: Event): WaitingKey[] {
  const { workspace_id, channel_id } = event;
  const keys: string[] = [];
  if (event.type === 'message.received' || event.type === 'message.echoed') {
    keys.push(awaiting.message(event.payload.message_id));
    if (event.payload.source_message_id !== undefined) keys.push(awaiting.source(event.payload.source_message_id));
  }
  if (event.type === 'send.accepted') keys.push(awaiting.source(event.payload.source_message_id));
  if (settlesSends(event) && event.conversation_id !== null) keys.push(awaiting.sends(event.conversation_id));
  return keys.map((awaits) => ({ workspace_id, channel_id, awaits }));
}

function sourceKeysOf(event: Event): SourceKey[] {
  const { workspace_id, channel_id, payload } = event;
  const mids: string[] = [];
  if ('source_message_id' in payload && typeof payload.source_message_id === 'string')
    mids.push(payload.source_message_id);
  if (event.type === 'message.delivered' || event.type === 'message.read')
    mids.push(...event.payload.source_message_ids);
  if (event.type === 'message.received' || event.type === 'message.echoed') {
    const replied = event.payload.reply_to?.source_message_id;
    if (replied !== undefined) mids.push(replied);
  }
  return mids.map((source_message_id) => ({ workspace_id, channel_id, source_message_id }));
}

function messageKeysOf({ workspace_id, payload }: Event): RowKey[] {
  const claimed =
    'claims' in payload && typeof payload.claims === 'object'
      ? (payload.claims as { message_id?: string }).message_id
      : undefined;
  const named = 'message_id' in payload && typeof payload.message_id === 'string' ? payload.message_id : undefined;
  return [claimed, named].flatMap((id) => (id === undefined ? [] : [{ workspace_id, id }]));
}

function hasWatermark(event: Event): boolean {
  return (event.type === 'message.delivered' || event.type === 'message.read') && event.payload.watermark !== undefined;
}

function unique<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}
