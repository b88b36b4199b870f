import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'conversation_counts' })
export class ConversationCountEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'conversation_counts_pk' })
  workspace_id!: string;

  @PrimaryColumn({ name: 'shard', type: 'integer', primaryKeyConstraintName: 'conversation_counts_pk' })
  shard!: number;

  @Column({ name: 'total', type: 'bigint' })
  total!: number;
}
