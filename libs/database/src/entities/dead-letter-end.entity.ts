import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'dead_letter_ends' })
@Check('dead_letter_ends_outcome', "outcome in ('replayed', 'dismissed')")
export class DeadLetterEndEntity {
  @PrimaryColumn({ name: 'topic', type: 'text', primaryKeyConstraintName: 'dead_letter_ends_pk' })
  topic!: string;

  @PrimaryColumn({ name: 'partition', type: 'integer', primaryKeyConstraintName: 'dead_letter_ends_pk' })
  partition!: number;

  @PrimaryColumn({ name: 'offset', type: 'bigint', primaryKeyConstraintName: 'dead_letter_ends_pk' })
  offset!: number;

  @Column({ name: 'outcome', type: 'text' })
  outcome!: 'replayed' | 'dismissed';

  @Column({ name: 'ended_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  ended_at!: Date;
}
