import { channelView } from '#libs/conversations';
import type { ChannelRow } from '#libs/database';
import type { Channel } from '#libs/messaging';

export function showChannel(row: ChannelRow, publicUrl: string): Channel {
  return channelView(row, { publicUrl, lastEventAt: row.last_event_at ?? undefined });
}
