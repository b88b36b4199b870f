import type { ChannelRef } from '#libs/channels/kit';
import type { ChannelRow } from '#libs/database';

/** As a channel's connector knows it. */
export function channelRef(
  row: Pick<ChannelRow, 'id' | 'workspace_id' | 'source_channel_id' | 'source_app_id'>,
): ChannelRef {
  return {
    workspaceId: row.workspace_id,
    channelId: row.id,
    sourceChannelId: row.source_channel_id,
    appId: row.source_app_id,
  };
}
