import type { ChannelRow } from '#libs/database';
import type { NewRecord } from '#libs/event-log';
import { uuid5, type Channel } from '#libs/messaging';
import { updateRecord } from './save-projection.js';
import { channelView } from './views.js';

export interface ChannelHouse {
  readonly publicUrl: string;
  now(): Date;
}

/** The announcement of a channel's newest version, and what it shows. */
export function channelRecord(
  row: ChannelRow,
  house: ChannelHouse,
): { readonly channel: Channel; readonly record: NewRecord } {
  const channel = channelView(row, { publicUrl: house.publicUrl });
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
