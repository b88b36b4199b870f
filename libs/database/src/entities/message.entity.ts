import type { Content, Failure, MessageState, Reaction, Referral, ReplyTo, Sender, SenderType } from '#libs/messaging';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One that was taken back stays, so that an older one that comes late does not bring it back. */
export type StoredReaction = Reaction & { readonly is_removed: boolean };

@Entity({ name: 'messages' })
@Index('messages_newest', ['conversation_id', 'sent_at', 'id'])
@Index('messages_pending', ['conversation_id', 'sent_at', 'id'], { where: "state = 'pending'" })
@Index('messages_awaiting_receipt', ['conversation_id'], {
  where: "not from_contact and state in ('sent', 'delivered')",
})
@Check('messages_state', "state in ('pending', 'sent', 'delivered', 'read', 'failed', 'unknown')")
export class MessageEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'messages_pk' })
  id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'conversation_id', type: 'uuid' })
  conversation_id!: string;

  @Column({ name: 'channel_id', type: 'uuid' })
  channel_id!: string;

  @Column({ name: 'source', type: 'text' })
  source!: string;

  @Column({ name: 'source_message_id', type: 'text', nullable: true })
  source_message_id!: string | null;

  @Column({ name: 'version', type: 'integer' })
  version!: number;

  @Column({ name: 'from_contact', type: 'boolean' })
  from_contact!: boolean;

  @Column({ name: 'sender_type', type: 'text' })
  sender_type!: SenderType;

  @Column({ name: 'sender', type: 'jsonb' })
  sender!: Sender;

  @Column({ name: 'content', type: 'jsonb' })
  content!: Content;

  @Column({ name: 'reply_to', type: 'jsonb', nullable: true })
  reply_to!: ReplyTo | null;

  @Column({ name: 'reactions', type: 'jsonb', default: () => "'[]'" })
  reactions!: StoredReaction[];

  @Column({ name: 'referral', type: 'jsonb', nullable: true })
  referral!: Referral | null;

  @Column({ name: 'state', type: 'text' })
  state!: MessageState;

  @Column({ name: 'attempt', type: 'integer' })
  attempt!: number;

  @Column({ name: 'failure', type: 'jsonb', nullable: true })
  failure!: Failure | null;

  @Column({ name: 'sent_at', type: 'timestamptz', precision: 3 })
  sent_at!: Date;

  @Column({ name: 'source_sent_at', type: 'timestamptz', precision: 3, nullable: true })
  source_sent_at!: Date | null;

  @Column({ name: 'received_at', type: 'timestamptz', precision: 3 })
  received_at!: Date;

  @Column({ name: 'delivered_at', type: 'timestamptz', precision: 3, nullable: true })
  delivered_at!: Date | null;

  @Column({ name: 'read_at', type: 'timestamptz', precision: 3, nullable: true })
  read_at!: Date | null;

  @Column({ name: 'edited_at', type: 'timestamptz', precision: 3, nullable: true })
  edited_at!: Date | null;

  @Column({ name: 'edit_number', type: 'integer', default: 0 })
  edit_number!: number;

  @Column({ name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true })
  deleted_at!: Date | null;

  @Column({ name: 'counts_as_unread', type: 'boolean' })
  counts_as_unread!: boolean;

  @Column({ name: 'metadata', type: 'jsonb', default: () => "'{}'" })
  metadata!: Record<string, unknown>;

  @Column({ name: 'source_data', type: 'jsonb', nullable: true })
  source_data!: Record<string, unknown> | null;

  @Column({ name: 'outbound', type: 'jsonb', nullable: true })
  outbound!: Record<string, unknown> | null;
}
