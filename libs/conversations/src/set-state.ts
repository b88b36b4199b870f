import type { Transaction } from '#libs/database';
import { openConversation, type ChangeHouse } from './open-conversation.js';
import { announceConversation } from './projection.js';
import { saveProjection } from './save-projection.js';

/** The state that people give a conversation, in their own words; null: none. */
export async function setState(
  workspaceId: string,
  sql: Transaction,
  house: ChangeHouse,
  { conversationId, state }: { readonly conversationId: string; readonly state: string | null },
): Promise<void> {
  const { projection, conversation } = await openConversation(workspaceId, sql, house.rules, conversationId);
  if (conversation.state === state) return;
  conversation.state = state;
  announceConversation(projection, conversation);
  await saveProjection(sql, house.log, projection);
}
