import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'consumer_leases' })
export class ConsumerLeaseEntity {
  @PrimaryColumn({ name: 'consumer_group', type: 'text', primaryKeyConstraintName: 'consumer_leases_pk' })
  consumer_group!: string;

  @PrimaryColumn({ name: 'topic', type: 'text', primaryKeyConstraintName: 'consumer_leases_pk' })
  topic!: string;

  @PrimaryColumn({ name: 'partition', type: 'integer', primaryKeyConstraintName: 'consumer_leases_pk' })
  partition!: number;

  @Column({ name: 'owner', type: 'text', nullable: true })
  owner!: string | null;

  @Column({ name: 'until', type: 'timestamptz', precision: 3 })
  until!: Date;
}
