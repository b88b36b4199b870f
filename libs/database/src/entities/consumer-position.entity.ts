import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'consumer_positions' })
export class ConsumerPositionEntity {
  @PrimaryColumn({ name: 'consumer_group', type: 'text', primaryKeyConstraintName: 'consumer_positions_pk' })
  consumer_group!: string;

  @PrimaryColumn({ name: 'topic', type: 'text', primaryKeyConstraintName: 'consumer_positions_pk' })
  topic!: string;

  @PrimaryColumn({ name: 'partition', type: 'integer', primaryKeyConstraintName: 'consumer_positions_pk' })
  partition!: number;

  @Column({ name: 'position', type: 'bigint' })
  position!: number;

  @Column({ name: 'kafka_offset', type: 'bigint', nullable: true })
  kafka_offset!: number | null;
}
