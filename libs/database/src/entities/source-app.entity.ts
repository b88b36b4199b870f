import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'source_apps' })
export class SourceAppEntity {
  @PrimaryColumn({ name: 'source', type: 'text', primaryKeyConstraintName: 'source_apps_pk' })
  source!: string;

  @PrimaryColumn({ name: 'source_app_id', type: 'text', primaryKeyConstraintName: 'source_apps_pk' })
  source_app_id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'secrets_sealed', type: 'text' })
  secrets_sealed!: string;

  @Column({ name: 'verify_token_sealed', type: 'text', nullable: true })
  verify_token_sealed!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  updated_at!: Date;
}
