import { messageStore, type MessageEntity, type Queryable } from '#libs/database';
import { AppError } from '#libs/errors';

/** Refuses an id that no message of the workspace has. */
export async function findMessage(workspaceId: string, sql: Queryable, id: string): Promise<MessageEntity> {
  const row = await messageStore.find(workspaceId, sql, id);
  if (row === null) throw new AppError('not_found', `There is no message ${id}.`);
  return row;
}
