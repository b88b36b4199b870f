import type { Contact, Conversation } from '#libs/messaging';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'conversations' })
@Index('conversations_contact', ['channel_id', 'source_contact_id'], { unique: true })
@Index('conversations_newest', ['workspace_id', 'last_message_sent_at', 'id'], { where: 'last_message_id is not null' })
@Index('conversations_contact_due', ['channel_id', 'contact_due_at'], {
  where: 'contact_due_at is not null and last_message_id is not null',
})
export class ConversationEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'conversations_pk' })
  id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'channel_id', type: 'uuid' })
  channel_id!: string;

  @Column({ name: 'source_contact_id', type: 'text' })
  source_contact_id!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, nullable: true })
  created_at!: Date | null;

  @Column({ name: 'version', type: 'integer', default: 0 })
  version!: number;

  @Column({ name: 'last_message_id', type: 'uuid', nullable: true })
  last_message_id!: string | null;

  @Column({ name: 'last_message_sent_at', type: 'timestamptz', precision: 3, nullable: true })
  last_message_sent_at!: Date | null;

  @Column({ name: 'message_count', type: 'integer', default: 0 })
  message_count!: number;

  @Column({ name: 'unread_count', type: 'integer', default: 0 })
  unread_count!: number;

  @Column({ name: 'read_up_to_sent_at', type: 'timestamptz', precision: 3, nullable: true })
  read_up_to_sent_at!: Date | null;

  @Column({ name: 'read_up_to_id', type: 'uuid', nullable: true })
  read_up_to_id!: string | null;

  @Column({ name: 'delivered_watermark', type: 'timestamptz', precision: 3, nullable: true })
  delivered_watermark!: Date | null;

  @Column({ name: 'read_watermark', type: 'timestamptz', precision: 3, nullable: true })
  read_watermark!: Date | null;

  @Column({ name: 'window_opened_at', type: 'timestamptz', precision: 3, nullable: true })
  window_opened_at!: Date | null;

  @Column({ name: 'contact', type: 'jsonb', default: () => "'{}'" })
  contact!: Partial<Contact>;

  @Column({ name: 'contact_fetched_at', type: 'timestamptz', precision: 3, nullable: true })
  contact_fetched_at!: Date | null;

  /** When the source is to be asked who the contact is; null: nothing to do. A claim moves it ahead by its lease. */
  @Column({ name: 'contact_due_at', type: 'timestamptz', precision: 3, nullable: true, default: () => 'now()' })
  contact_due_at!: Date | null;

  @Column({ name: 'contact_tries', type: 'integer', default: 0 })
  contact_tries!: number;

  @Column({ name: 'state', type: 'text', nullable: true })
  state!: string | null;

  @Column({ name: 'tags', type: 'jsonb', default: () => "'{}'" })
  tags!: Record<string, string>;

  @Column({ name: 'user_data', type: 'jsonb', default: () => "'{}'" })
  user_data!: Record<string, unknown>;

  @Column({ name: 'thread_owner', type: 'jsonb', nullable: true })
  thread_owner!: NonNullable<Conversation['thread_owner']> | null;
}
