import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'idempotency_keys' })
@Index('idempotency_keys_created', ['created_at'])
export class IdempotencyKeyEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'idempotency_keys_pk' })
  workspace_id!: string;

  @PrimaryColumn({ name: 'key', type: 'text', primaryKeyConstraintName: 'idempotency_keys_pk' })
  key!: string;

  @Column({ name: 'path', type: 'text' })
  path!: string;

  @Column({ name: 'request_sha256', type: 'bytea' })
  request_sha256!: Buffer;

  @Column({ name: 'lease_until', type: 'timestamptz', precision: 3, nullable: true })
  lease_until!: Date | null;

  @Column({ name: 'response_status', type: 'integer', nullable: true })
  response_status!: number | null;

  @Column({ name: 'response_body', type: 'text', nullable: true })
  response_body!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;
}
