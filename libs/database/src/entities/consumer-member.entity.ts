import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'consumer_members' })
export class ConsumerMemberEntity {
  @PrimaryColumn({ name: 'consumer_group', type: 'text', primaryKeyConstraintName: 'consumer_members_pk' })
  consumer_group!: string;

  @PrimaryColumn({ name: 'topic', type: 'text', primaryKeyConstraintName: 'consumer_members_pk' })
  topic!: string;

  @PrimaryColumn({ name: 'member', type: 'text', primaryKeyConstraintName: 'consumer_members_pk' })
  member!: string;

  @Column({ name: 'until', type: 'timestamptz', precision: 3 })
  until!: Date;
}
