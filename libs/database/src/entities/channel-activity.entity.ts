import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'channel_activity' })
export class ChannelActivityEntity {
  @PrimaryColumn({ name: 'channel_id', type: 'uuid', primaryKeyConstraintName: 'channel_activity_pk' })
  channel_id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'last_event_at', type: 'timestamptz', precision: 3 })
  last_event_at!: Date;
}
