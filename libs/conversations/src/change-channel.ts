import { channelStore, type ChannelChanges } from '#libs/database';
import type { Channel } from '#libs/messaging';
import type { ChannelHouse } from './channel-house.js';
import { announceChannel } from './channel-record.js';

type AnnouncingHouse = Pick<ChannelHouse, 'database' | 'log' | 'publicUrl' | 'now'>;
type Verification = Parameters<typeof channelStore.recordVerification>[3];

/** Null: there is no such channel, or all is as it was. */
export function changeChannel(
  house: AnnouncingHouse,
  workspaceId: string,
  channelId: string,
  changes: ChannelChanges,
): Promise<Channel | null> {
  return house.database.transaction(async (sql) => {
    const row = await channelStore.update(workspaceId, sql, channelId, changes);
    return row === null ? null : announceChannel(house, sql, row);
  });
}

/** How the source's handshake with the channel's URL went. */
export async function noteVerification(
  house: AnnouncingHouse,
  workspaceId: string,
  channelId: string,
  verification: Verification,
): Promise<void> {
  await house.database.transaction(async (sql) => {
    const row = await channelStore.recordVerification(workspaceId, sql, channelId, verification);
    if (row !== null) announceChannel(house, sql, row);
  });
}
