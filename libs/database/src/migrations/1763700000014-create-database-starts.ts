import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The starts of the server on these data: what a cursor refers to, and what a backup that is put back does not know. */
export class CreateDatabaseStarts1763700000014 implements MigrationInterface {
  readonly name = 'CreateDatabaseStarts1763700000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table database_starts (
        token uuid not null,
        number bigint not null,
        server_started text not null,
        identity text not null,
        noted_at timestamptz(3) not null default now(),
        is_restored boolean not null,
        owes_news boolean not null,
        constraint database_starts_pk primary key (token)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table database_starts');
  }
}
