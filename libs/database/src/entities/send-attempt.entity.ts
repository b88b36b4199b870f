import type { Failure } from '#libs/messaging';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type SendAttemptState = 'open' | 'not_sent' | 'accepted' | 'refused' | 'unknown';

@Entity({ name: 'send_attempts' })
@Index('send_attempts_one_open', ['conversation_id'], { unique: true, where: "state = 'open'" })
@Check('send_attempts_state', "state in ('open', 'not_sent', 'accepted', 'refused', 'unknown')")
export class SendAttemptEntity {
  @PrimaryColumn({ name: 'message_id', type: 'uuid', primaryKeyConstraintName: 'send_attempts_pk' })
  message_id!: string;

  @PrimaryColumn({ name: 'attempt', type: 'integer', primaryKeyConstraintName: 'send_attempts_pk' })
  attempt!: number;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'conversation_id', type: 'uuid' })
  conversation_id!: string;

  @Column({ name: 'channel_id', type: 'uuid' })
  channel_id!: string;

  @Column({ name: 'state', type: 'text' })
  state!: SendAttemptState;

  @Column({ name: 'tries', type: 'integer' })
  tries!: number;

  @Column({ name: 'lane_epoch', type: 'bigint' })
  lane_epoch!: number;

  @Column({ name: 'opened_at', type: 'timestamptz', precision: 3 })
  opened_at!: Date;

  @Column({ name: 'closed_at', type: 'timestamptz', precision: 3, nullable: true })
  closed_at!: Date | null;

  @Column({ name: 'failure', type: 'jsonb', nullable: true })
  failure!: Failure | null;
}
