import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'waiting_effects' })
@Index('waiting_effects_created', ['created_at'])
export class WaitingEffectEntity {
  @PrimaryColumn({ name: 'channel_id', type: 'uuid', primaryKeyConstraintName: 'waiting_effects_pk' })
  channel_id!: string;

  @PrimaryColumn({ name: 'awaits', type: 'text', primaryKeyConstraintName: 'waiting_effects_pk' })
  awaits!: string;

  @PrimaryColumn({ name: 'event_id', type: 'uuid', primaryKeyConstraintName: 'waiting_effects_pk' })
  event_id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'conversation_id', type: 'uuid' })
  conversation_id!: string;

  @Column({ name: 'event', type: 'text' })
  event!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;
}
