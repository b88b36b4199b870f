import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'log_records' })
@Index('log_records_updates', ['workspace_id', 'partition', 'offset'], { where: "topic = 'conversation.updates'" })
export class LogRecordEntity {
  @PrimaryColumn({ name: 'topic', type: 'text', primaryKeyConstraintName: 'log_records_pk' })
  topic!: string;

  @PrimaryColumn({ name: 'partition', type: 'integer', primaryKeyConstraintName: 'log_records_pk' })
  partition!: number;

  @PrimaryColumn({ name: 'offset', type: 'bigint', primaryKeyConstraintName: 'log_records_pk' })
  offset!: number;

  @Column({ name: 'key', type: 'text' })
  key!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'headers', type: 'text' })
  headers!: string;

  @Column({ name: 'value', type: 'text' })
  value!: string;

  @Column({ name: 'appended_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  appended_at!: Date;
}
