import { isDeepStrictEqual } from 'node:util';
import { channelStore, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { channelRecord } from './channel-record.js';
import { findMessage } from './find-message.js';
import { mergeData } from './merge-data.js';
import { openConversation, type ChangeHouse } from './open-conversation.js';
import { announceConversation, announceMessage } from './projection.js';
import { saveProjection } from './save-projection.js';

const maxBytes = 16 * 1_024;

type Data = Readonly<Record<string, unknown>>;

export interface MetadataPatch {
  readonly subject: 'message' | 'conversation' | 'channel';
  readonly id: string;
  readonly data: Data;
}

/** Merges what an integrator keeps with an object. It is read under a lock: of two patches at once none is lost. */
export function upsertMetadata(
  workspaceId: string,
  sql: Transaction,
  house: ChangeHouse,
  patch: MetadataPatch,
): Promise<void> {
  switch (patch.subject) {
    case 'message':
      return patchMessage(workspaceId, sql, house, patch);
    case 'conversation':
      return patchConversation(workspaceId, sql, house, patch);
    case 'channel':
      return patchChannel(workspaceId, sql, house, patch);
  }
}

async function patchMessage(
  workspaceId: string,
  sql: Transaction,
  house: ChangeHouse,
  { id, data }: MetadataPatch,
): Promise<void> {
  const { conversation_id } = await findMessage(workspaceId, sql, id);
  const { projection } = await openConversation(workspaceId, sql, house.rules, conversation_id);
  const row = projection.messages.get(id) ?? (await findMessage(workspaceId, sql, id));
  const { user_data: former, ...others } = row.metadata;
  const merged = patched(former, data);
  if (merged === null) return;
  row.metadata = Object.keys(merged).length > 0 ? { ...others, user_data: merged } : others;
  projection.messages.set(row.id, row);
  announceMessage(projection, row);
  await saveProjection(sql, house.log, projection);
}

async function patchConversation(
  workspaceId: string,
  sql: Transaction,
  house: ChangeHouse,
  { id, data }: MetadataPatch,
): Promise<void> {
  const { projection, conversation } = await openConversation(workspaceId, sql, house.rules, id);
  const merged = patched(conversation.user_data, data);
  if (merged === null) return;
  conversation.user_data = merged;
  announceConversation(projection, conversation);
  await saveProjection(sql, house.log, projection);
}

async function patchChannel(
  workspaceId: string,
  sql: Transaction,
  { log, rules }: ChangeHouse,
  { id, data }: MetadataPatch,
): Promise<void> {
  const former = await channelStore.lock(workspaceId, sql, id);
  if (former === null) throw new AppError('not_found', `There is no channel ${id}.`);
  const merged = patched(former.user_data, data);
  const changed = merged === null ? null : await channelStore.update(workspaceId, sql, id, { user_data: merged });
  if (changed === null) return;
  log.appendIn(sql, [channelRecord(changed, { publicUrl: rules.publicUrl, now: () => rules.now }).record]);
}

/** Null: nothing changes. */
function patched(former: unknown, data: Data): Record<string, unknown> | null {
  const merged = mergeData(former, data);
  if (isDeepStrictEqual(merged, former ?? {})) return null;
  if (Buffer.byteLength(JSON.stringify(merged)) <= maxBytes) return merged;
  throw new AppError(
    'limit_exceeded',
    'The data of one object is at most 16 KiB of JSON, with what is there already.',
    {
      errors: [{ field: 'data', message: 'too much together with what is there already' }],
    },
  );
}
