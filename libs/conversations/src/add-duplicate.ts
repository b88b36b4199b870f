import type { MessageEntity } from '#libs/database';
import { messageId } from '#libs/messaging';
import { addMessage, addSource } from './add-message.js';
import { applyWatermarks } from './advance-state.js';
import { conversationOf, sourceKey, type Projection } from './projection.js';
import type { SourceProof } from './source-proof.js';

/** Whether the source took another attempt of this message too: the contact has it twice. */
export function isSecondDelivery(projection: Projection, row: MessageEntity, { mid, attempt }: SourceProof): boolean {
  if (row.from_contact || row.attempt <= 1 || row.source_message_id === null || row.source_message_id === mid)
    return false;
  const first = projection.sources.get(sourceKey(row.channel_id, row.source_message_id));
  return first !== undefined && first.attempt !== attempt;
}

/** The second delivery is a message of its own, as the contact sees it; `duplicate_of` says of which. */
export function addDuplicate(projection: Projection, original: MessageEntity, proof: SourceProof): MessageEntity {
  const row = Object.assign(structuredClone(original), {
    id: messageId(original.channel_id, proof.mid),
    source_message_id: proof.mid,
    version: 1,
    reactions: [],
    state: 'sent' as const,
    attempt: 0,
    failure: null,
    sent_at: proof.at,
    source_sent_at: proof.at,
    received_at: proof.receivedAt,
    delivered_at: null,
    read_at: null,
    edited_at: null,
    edit_number: 0,
    deleted_at: null,
    metadata: { ...original.metadata, duplicate_of: original.id },
    outbound: null,
  } satisfies Partial<MessageEntity>);
  applyWatermarks(row, conversationOf(projection, row.conversation_id));
  addMessage(projection, row);
  addSource(projection, row, { sourceMessageId: proof.mid, attempt: proof.attempt, raw: proof.raw });
  return row;
}
