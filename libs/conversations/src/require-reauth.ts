import { channelStore, type ChannelEntity, type ChannelRow, type Transaction } from '#libs/database';

export interface Reauth {
  /** As it is now, locked. */
  readonly channel: ChannelEntity | null;
  /** As it is after the change, to be announced; null: nothing new. */
  readonly held: ChannelRow | null;
}

/** The source no longer takes the token with which a channel was `asked`: nothing goes on before it is connected again. */
export async function requireReauth(sql: Transaction, asked: ChannelEntity, reason: string): Promise<Reauth> {
  const { workspace_id: workspaceId, id } = asked;
  const channel = await channelStore.lock(workspaceId, sql, id);
  // an answer to a token that was replaced meanwhile says nothing about the new one, and a second one says it again
  const isNews = channel?.token_sealed === asked.token_sealed && channel.health_state !== 'reauth_required';
  const health = { state: 'reauth_required', reason } as const;
  return { channel, held: isNews ? await channelStore.updateHealth(workspaceId, sql, id, health) : null };
}
