import type { ChannelConnector, ChannelHouse, SourceApp } from '#libs/channels/kit';
import { connectChannel, disconnectChannel, listWorkspaceApps } from '#libs/conversations';
import { channelStore } from '#libs/database';
import { AppError } from '#libs/errors';
import type { Platform } from '#libs/platform';

/** What a channel's own calls may ask of this process. */
export function houseOf(platform: Platform, connector: ChannelConnector): ChannelHouse {
  return {
    connect: (workspaceId, input) => connectChannel(platform, connector, workspaceId, input),
    disconnect: (workspaceId, channelId) => disconnectChannel(platform, connector, workspaceId, channelId),
    apps: (workspaceId) => appsOf(platform, connector, workspaceId),
    connected: async (workspaceId, ids) =>
      new Set(await channelStore.connectedPages(workspaceId, platform.database, connector.source, ids)),
  };
}

async function appsOf(
  { database, vault }: Platform,
  connector: ChannelConnector,
  workspaceId: string,
): Promise<readonly SourceApp[]> {
  const apps = await listWorkspaceApps(workspaceId, database, { vault, connector });
  if (apps.length > 0) return apps;
  throw new AppError(
    'invalid_request',
    'No app of the source is known here: set FACEBOOK_APP_ID and FACEBOOK_APP_SECRET, or connect a page with app_id and app_secret.',
  );
}
