import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'message_sources' })
@Index('message_sources_message', ['message_id'])
export class MessageSourceEntity {
  @PrimaryColumn({ name: 'channel_id', type: 'uuid', primaryKeyConstraintName: 'message_sources_pk' })
  channel_id!: string;

  @PrimaryColumn({ name: 'source_message_id', type: 'text', primaryKeyConstraintName: 'message_sources_pk' })
  source_message_id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'message_id', type: 'uuid' })
  message_id!: string;

  @Column({ name: 'attempt', type: 'integer' })
  attempt!: number;

  @Column({ name: 'raw', type: 'text', nullable: true })
  raw!: string | null;
}
