import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Of a page of the source, whoever it belongs to: who refuses may be unable to look that up. */
@Entity({ name: 'webhook_gaps' })
@Index('webhook_gaps_created', ['created_at'])
export class WebhookGapEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'webhook_gaps_pk' })
  id!: string;

  @Column({ name: 'source', type: 'text' })
  source!: string;

  /** Null: what was refused did not say. */
  @Column({ name: 'source_channel_id', type: 'text', nullable: true })
  source_channel_id!: string | null;

  @Column({ name: 'started_at', type: 'timestamptz', precision: 3 })
  started_at!: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', precision: 3 })
  ended_at!: Date;

  @Column({ name: 'refused', type: 'integer' })
  refused!: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;
}
