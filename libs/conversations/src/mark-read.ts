import { messageStore, type Transaction } from '#libs/database';
import { openConversation, type ChangeHouse } from './open-conversation.js';
import { announceConversation } from './projection.js';
import { saveProjection } from './save-projection.js';

/**
 * Remembers that everything up to the contact's newest message was read. The conversation is locked, so nothing lies behind
 * that: what arrives at the same moment waits, and counts. What comes later with an older time was covered by the mark. Our
 * own messages are none: they have our clock, and a source whose clock is behind would write under it.
 */
export async function markRead(workspaceId: string, sql: Transaction, house: ChangeHouse, id: string): Promise<void> {
  const { projection, conversation } = await openConversation(workspaceId, sql, house.rules, id);
  const newest = await messageStore.newestCounted(workspaceId, sql, id);
  if (newest === null || (conversation.read_up_to_id === newest.id && conversation.unread_count === 0)) return;
  conversation.read_up_to_sent_at = newest.sent_at;
  conversation.read_up_to_id = newest.id;
  projection.changedConversations.add(conversation.id);
  if (conversation.unread_count > 0) {
    conversation.unread_count = 0;
    announceConversation(projection, conversation);
  }
  await saveProjection(sql, house.log, projection);
}
