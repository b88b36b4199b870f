import type { ChannelCredentials } from '#libs/channels/kit';
import { findSourceApp, tokenBinding } from '#libs/conversations';
import type { ChannelEntity } from '#libs/database';
import type { Platform } from '#libs/platform';

/** Null: the channel has no token, or its app is not known here any more. Throws where this process lacks the key of the token. */
export async function sourceCredentials(
  platform: Platform,
  channel: ChannelEntity,
): Promise<ChannelCredentials | null> {
  const { database, vault } = platform;
  const connector = platform.connectorOf(channel.source);
  const app = await findSourceApp(channel.workspace_id, database, { vault, connector }, channel.source_app_id);
  if (channel.token_sealed === null || app === null) return null;
  return {
    sourceChannelId: channel.source_channel_id,
    token: vault.open(channel.token_sealed, tokenBinding(channel.id)),
    app,
  };
}
