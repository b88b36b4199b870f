import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One start of the PostgreSQL server on these data, as the first connection of ours after it noted it. */
@Entity({ name: 'database_starts' })
export class DatabaseStartEntity {
  @PrimaryColumn({ name: 'token', type: 'uuid', primaryKeyConstraintName: 'database_starts_pk' })
  token!: string;

  @Column({ name: 'number', type: 'bigint' })
  number!: number;

  /** pg_postmaster_start_time(), to the microsecond. */
  @Column({ name: 'server_started', type: 'text' })
  server_started!: string;

  /** Of the cluster, its timeline, the database and the log's table. */
  @Column({ name: 'identity', type: 'text' })
  identity!: string;

  @Column({ name: 'noted_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  noted_at!: Date;

  /** It began with data from a backup, or of another cluster. */
  @Column({ name: 'is_restored', type: 'boolean' })
  is_restored!: boolean;

  /** Sends that were open then are settled as unknown, and nobody has been told yet. */
  @Column({ name: 'owes_news', type: 'boolean' })
  owes_news!: boolean;
}
