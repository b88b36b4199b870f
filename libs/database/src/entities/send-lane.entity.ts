import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'send_lanes' })
@Index('send_lanes_due', ['next_due'], { where: 'next_due is not null' })
export class SendLaneEntity {
  @PrimaryColumn({ name: 'conversation_id', type: 'uuid', primaryKeyConstraintName: 'send_lanes_pk' })
  conversation_id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'channel_id', type: 'uuid' })
  channel_id!: string;

  @Column({ name: 'owner', type: 'text', nullable: true })
  owner!: string | null;

  @Column({ name: 'epoch', type: 'bigint', default: 0 })
  epoch!: number;

  @Column({ name: 'until', type: 'timestamptz', precision: 3, nullable: true })
  until!: Date | null;

  @Column({ name: 'next_due', type: 'timestamptz', precision: 3, nullable: true })
  next_due!: Date | null;
}
