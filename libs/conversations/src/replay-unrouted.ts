import type { ChannelConnector } from '#libs/channels/kit';
import { channelUpkeepStore, type ChannelRow } from '#libs/database';
import type { EventLog, LogRecord } from '#libs/event-log';
import { topics, type Event, type Unrouted } from '#libs/messaging';
import type { ChannelHouse } from './channel-house.js';
import { channelRef } from './channel-ref.js';
import { eventRecord, installation } from './log-records.js';

const pageRecords = 100;

type ReplayedRow = Pick<
  ChannelRow,
  'id' | 'workspace_id' | 'source' | 'source_channel_id' | 'source_app_id' | 'replay_since'
>;

interface Place {
  readonly partition: number;
  /** First offset not wanted. */
  readonly end: number;
}

/**
 * Events of the page that came while it had no channel here become the channel's: only those that the page's own app has
 * signed. Ids are functions of the source, so an event that is read twice counts once. No transaction is open meanwhile: the
 * place that was reached is kept in the row, and whoever comes after a crash goes on there.
 * Answers the time up to which all was read, or null when there is more, or somebody else goes on with it.
 */
export async function replayUnrouted(
  house: ChannelHouse,
  connector: ChannelConnector,
  row: ReplayedRow,
  maxPages: number,
): Promise<Date | null> {
  if (row.replay_since === null) return null;
  const partition = house.log.partitionOf(row.source_channel_id);
  const { first, end } = await house.log.range(topics.unrouted);
  const place = { partition, end: end[partition] ?? 0 };
  let since = row.replay_since;
  let from = await firstSince(house.log, place, first[partition] ?? 0, since);
  for (let page = 0; page < maxPages; page += 1) {
    const records = await readFrom(house.log, place, from, pageRecords);
    const last = records.at(-1);
    if (last === undefined) return since;
    const events = records.flatMap((record) => (record.appendedAt < since ? [] : eventsIn(record, connector, row)));
    if (events.length > 0) await house.log.append(events.map((event) => eventRecord(event)));
    const to = last.appendedAt > since ? last.appendedAt : since;
    if (!(await channelUpkeepStore.moveReplay(row.workspace_id, house.database, row.id, { from: since, to })))
      return null;
    since = to;
    from = last.offset + 1;
  }
  return null;
}

/** Steps back from the end, twice as far each time: what is looked for is nearly always close to it. */
async function firstSince(log: EventLog, place: Place, first: number, since: Date): Promise<number> {
  for (let step = 1; ; step *= 2) {
    const from = Math.max(first, place.end - step);
    if (from === first) return from;
    const [record] = await readFrom(log, place, from, 1);
    if (record !== undefined && record.appendedAt < since) return from;
  }
}

function readFrom(
  log: EventLog,
  { partition, end }: Place,
  from: number,
  limit: number,
): Promise<readonly LogRecord[]> {
  return log.read({ topic: topics.unrouted, workspaceId: installation, partition, from, to: end, limit });
}

function eventsIn({ value }: LogRecord, connector: ChannelConnector, row: ReplayedRow): Event[] {
  const unrouted = JSON.parse(value) as Unrouted;
  const isOurs =
    unrouted.source === row.source &&
    unrouted.source_channel_id === row.source_channel_id &&
    unrouted.source_app_id === row.source_app_id;
  const item = isOurs ? connector.webhook.readUnrouted(unrouted) : null;
  return item === null ? [] : [connector.webhook.normalise(item, channelRef(row), unrouted.received_at)];
}
