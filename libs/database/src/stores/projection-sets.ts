import type { ConversationEntity } from '../entities/conversation.entity.js';
import type { MessageSourceEntity } from '../entities/message-source.entity.js';
import type { MessageEntity } from '../entities/message.entity.js';
import type { WaitingEffectEntity } from '../entities/waiting-effect.entity.js';
import { rowSet, type ColumnsOf } from './row-set.js';

const keyColumns = { id: 'uuid', workspace_id: 'uuid' } as const;
const sourceKeyColumns = { channel_id: 'uuid', source_message_id: 'text', workspace_id: 'uuid' } as const;
const waitingKeyColumns = { channel_id: 'uuid', awaits: 'text', workspace_id: 'uuid' } as const;
const shellColumns = {
  ...keyColumns,
  channel_id: 'uuid',
  source_contact_id: 'text',
} as const;

/** What events change of a conversation. */
const movedColumns = {
  created_at: 'timestamptz',
  version: 'integer',
  last_message_id: 'uuid',
  last_message_sent_at: 'timestamptz',
  message_count: 'integer',
  unread_count: 'integer',
  delivered_watermark: 'timestamptz',
  read_watermark: 'timestamptz',
  window_opened_at: 'timestamptz',
  contact_due_at: 'timestamptz',
} as const satisfies Partial<ColumnsOf<ConversationEntity>>;

type MovedColumn = keyof typeof movedColumns;

/** A conversation of which only what events change can be set. */
export type MovedConversation = Readonly<Omit<ConversationEntity, MovedColumn>> & Pick<ConversationEntity, MovedColumn>;

/** What may change after the row was made. */
const conversationColumns = {
  ...movedColumns,
  read_up_to_sent_at: 'timestamptz',
  read_up_to_id: 'uuid',
  contact: 'jsonb',
  contact_fetched_at: 'timestamptz',
  contact_tries: 'integer',
  state: 'text',
  tags: 'jsonb',
  user_data: 'jsonb',
  thread_owner: 'jsonb',
} as const satisfies ColumnsOf<Omit<ConversationEntity, keyof typeof shellColumns>>;

/** What may change after the row was made. */
const changeColumns = {
  source_message_id: 'text',
  version: 'integer',
  content: 'jsonb',
  reply_to: 'jsonb',
  reactions: 'jsonb',
  state: 'text',
  attempt: 'integer',
  failure: 'jsonb',
  source_sent_at: 'timestamptz',
  delivered_at: 'timestamptz',
  read_at: 'timestamptz',
  edited_at: 'timestamptz',
  edit_number: 'integer',
  deleted_at: 'timestamptz',
  metadata: 'jsonb',
  source_data: 'jsonb',
} as const;

const messageColumns = {
  ...keyColumns,
  ...changeColumns,
  conversation_id: 'uuid',
  channel_id: 'uuid',
  source: 'text',
  from_contact: 'boolean',
  sender_type: 'text',
  sender: 'jsonb',
  referral: 'jsonb',
  sent_at: 'timestamptz',
  received_at: 'timestamptz',
  counts_as_unread: 'boolean',
  outbound: 'jsonb',
} as const satisfies ColumnsOf<MessageEntity>;

const sourceColumns = {
  ...sourceKeyColumns,
  message_id: 'uuid',
  attempt: 'integer',
  raw: 'text',
} as const satisfies ColumnsOf<MessageSourceEntity>;

const effectColumns = { ...waitingKeyColumns, event_id: 'uuid' } as const;

const waitingColumns = {
  ...effectColumns,
  conversation_id: 'uuid',
  event: 'text',
  created_at: 'timestamptz',
} as const satisfies ColumnsOf<WaitingEffectEntity>;

export const keySet = rowSet(keyColumns);
export const sourceKeySet = rowSet(sourceKeyColumns);
export const waitingKeySet = rowSet(waitingKeyColumns);
export const shellSet = rowSet(shellColumns);
export const movedSet = rowSet({ ...keyColumns, ...movedColumns });
export const conversationSet = rowSet({ ...keyColumns, ...conversationColumns });
export const countSet = rowSet({ workspace_id: 'uuid', shard: 'integer', total: 'bigint' });
export const messageSet = rowSet(messageColumns);
export const changeSet = rowSet({ ...keyColumns, ...changeColumns });
export const sourceSet = rowSet(sourceColumns);
export const waitingSet = rowSet(waitingColumns);
export const effectSet = rowSet(effectColumns);
