import { conversationView, messageView } from '#libs/conversations';
import { channelStore, messageStore, type ConversationEntity } from '#libs/database';
import type { Conversation } from '#libs/messaging';
import type { Platform } from '#libs/platform';
import { showChannel } from '../channels/show-channel.js';

/** Rows as JSON, in their order, with what they name: two statements, however many rows. */
export async function showConversations(
  workspaceId: string,
  platform: Platform,
  rows: readonly ConversationEntity[],
): Promise<Conversation[]> {
  const { database, publicUrl } = platform;
  const rules = platform.rules();
  const [channels, messages] = await Promise.all([
    channelStore.findMany(workspaceId, database, [...new Set(rows.map((row) => row.channel_id))]),
    messageStore.findMany(workspaceId, database, rows.map((row) => row.last_message_id).filter(isPresent)),
  ]);
  const channelById = new Map(channels.map((channel) => [channel.id, channel]));
  const messageById = new Map(messages.map((message) => [message.id, message]));
  return rows.map((row) => {
    const channel = channelById.get(row.channel_id);
    const message = messageById.get(row.last_message_id ?? '');
    if (channel === undefined || message === undefined)
      throw new Error(`Conversation ${row.id} names a channel or message that is not there.`);
    return conversationView(row, {
      channel: showChannel(channel, publicUrl),
      lastMessage: messageView(message, row),
      window: rules.window(channel.source, row.window_opened_at, rules.now),
    });
  });
}

function isPresent(id: string | null): id is string {
  return id !== null;
}
