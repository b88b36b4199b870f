import {
  loadNamedRows,
  projectionStore,
  type RowKey,
  type SourceKey,
  type Transaction,
  type WaitingKey,
} from '#libs/database';
import type { Event } from '#libs/messaging';
import { awaiting, settlesSends } from './park-event.js';
import { emptyProjection, sourceKey, waitingKey, type Projection, type ProjectionRules } from './projection.js';

/**
 * Locks the conversations of a batch and loads every row that its events, and what waits for them, may touch. Everything
 * is asked for at once, the locks first: one round trip, and one more for each level of what waits.
 */
export async function loadProjection(
  sql: Transaction,
  events: readonly Event[],
  rules: ProjectionRules,
): Promise<Projection> {
  const projection = emptyProjection(rules);
  const shells = conversationShells(events);
  const asked = new Set<string>();
  const [channels, conversations, inFlight, waiting] = await Promise.all([
    projectionStore.channels(sql, channelKeys(events)),
    projectionStore.lockConversations(sql, shells),
    events.some(settlesSends) ? projectionStore.messagesInFlight(sql, shells) : [],
    loadNamed(sql, projection, events, asked),
  ]);
  for (const row of channels) projection.channels.set(row.id, row);
  for (const row of conversations) projection.conversations.set(row.id, row);
  for (const { conversation_id, id } of inFlight)
    projection.inFlight.set(conversation_id, (projection.inFlight.get(conversation_id) ?? new Set()).add(id));

  // what waits may name other messages, and something may wait for those in turn
  for (let found = waiting; found.length > 0;) found = await loadNamed(sql, projection, found, asked);
  await loadFirstSources(sql, projection);
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

/** The rows that these events name; answers the events that wait for something of them. `asked`: what was looked for before. */
async function loadNamed(
  sql: Transaction,
  projection: Projection,
  events: readonly Event[],
  asked: Set<string>,
): Promise<Event[]> {
  const waitingKeys = unique(events.flatMap(waitingKeysOf), keyOfWaiting).filter(
    (key) => !asked.has(keyOfWaiting(key)),
  );
  for (const key of waitingKeys) asked.add(keyOfWaiting(key));
  const sourceKeys = unique(events.flatMap(sourceKeysOf), (key) => sourceKey(key.channel_id, key.source_message_id));
  const messageKeys = unique(events.flatMap(messageKeysOf), (key) => key.id);
  const [{ waiting, sources, messages }, awaitingReceipt] = await Promise.all([
    loadNamedRows(sql, { waiting: waitingKeys, sources: sourceKeys, messages: messageKeys }),
    projectionStore.messagesAwaitingReceipt(sql, conversationShells(events.filter(hasWatermark))),
  ]);
  for (const row of sources) projection.sources.set(sourceKey(row.channel_id, row.source_message_id), row);
  for (const row of [...messages, ...awaitingReceipt]) projection.messages.set(row.id, row);
  for (const row of waiting) {
    const key = keyOfWaiting(row);
    projection.waiting.set(key, [...(projection.waiting.get(key) ?? []), row]);
  }
  return waiting.map((row) => JSON.parse(row.event) as Event);
}

function keyOfWaiting({ channel_id, awaits }: WaitingKey): string {
  return waitingKey(channel_id, awaits);
}

/** Of messages that were sent again: which attempt the source is known to have taken. */
async function loadFirstSources(sql: Transaction, projection: Projection): Promise<void> {
  const keys = [...projection.messages.values()].flatMap(({ workspace_id, channel_id, attempt, source_message_id }) =>
    attempt > 1 && source_message_id !== null ? [{ workspace_id, channel_id, source_message_id }] : [],
  );
  const unknown = keys.filter((key) => !projection.sources.has(sourceKey(key.channel_id, key.source_message_id)));
  for (const row of await projectionStore.sources(sql, unknown))
    projection.sources.set(sourceKey(row.channel_id, row.source_message_id), row);
}

function waitingKeysOf(event: Event): WaitingKey[] {
  const { workspace_id, channel_id } = event;
  const keys: string[] = [];
  // a result waits for a message that was sent by us: never for one of a contact
  if (event.type === 'message.echoed') keys.push(awaiting.message(event.payload.message_id));
  if (event.type === 'message.received' || event.type === 'message.echoed') {
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
