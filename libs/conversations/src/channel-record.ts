import type { ChannelRow, Transaction } from '#libs/database';
import type { EventLog, NewRecord } from '#libs/event-log';
import { uuid5, type Channel } from '#libs/messaging';
import { updateRecord } from './log-records.js';
import { channelView } from './views.js';

interface RecordHouse {
  readonly publicUrl: string;
  now(): Date;
}

/** The announcement of a channel's newest version, and what it shows. */
export function channelRecord(
  row: ChannelRow,
  house: RecordHouse,
): { readonly channel: Channel; readonly record: NewRecord } {
  const channel = channelView(row, { publicUrl: house.publicUrl, lastEventAt: row.last_event_at ?? undefined });
  const record = updateRecord({
    id: uuid5(channel.id, `channel.updated\n${String(channel.version)}`),
    type: 'channel.updated',
    timestamp: house.now().toISOString(),
    workspace_id: row.workspace_id,
    channel_id: channel.id,
    payload: channel,
  });
  return { channel, record };
}

/** In the transaction that changes it. */
export function announceChannel(
  house: RecordHouse & { readonly log: EventLog },
  sql: Transaction,
  row: ChannelRow,
): Channel {
  const { channel, record } = channelRecord(row, house);
  house.log.appendIn(sql, [record]);
  return channel;
}
