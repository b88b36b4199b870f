import type { ChannelConnector, ChannelCredentials } from '#libs/channels/kit';
import type { ChannelEntity, Queryable } from '#libs/database';
import type { TokenVault } from '#libs/security';
import { findSourceApp } from './source-apps.js';

/** What a channel's token is sealed for: a ciphertext that is moved to another row does not open. */
export function tokenBinding(channelId: string): string {
  return `channels ${channelId}`;
}

/** Null: its token is forgotten, can't be opened with the keys of this process, or its app is not known here any more. */
export async function channelCredentials(
  house: { readonly database: Queryable; readonly vault: TokenVault },
  connector: ChannelConnector,
  channel: ChannelEntity,
): Promise<ChannelCredentials | null> {
  const { database, vault } = house;
  const app = await findSourceApp(channel.workspace_id, database, { vault, connector }, channel.source_app_id);
  const token = openToken(vault, channel);
  return app === null || token === null ? null : { sourceChannelId: channel.source_channel_id, token, app };
}

function openToken(vault: TokenVault, { id, token_sealed: sealed }: ChannelEntity): string | null {
  if (sealed === null) return null;
  try {
    return vault.open(sealed, tokenBinding(id));
  } catch {
    return null;
  }
}
