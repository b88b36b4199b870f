import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What became of a dead letter: records of the log do not change, so it stands beside them. */
export class CreateDeadLetterEnds1763700000009 implements MigrationInterface {
  readonly name = 'CreateDeadLetterEnds1763700000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table dead_letter_ends (
        topic text not null,
        partition integer not null,
        "offset" bigint not null,
        outcome text not null,
        ended_at timestamptz(3) not null default clock_timestamp(),
        constraint dead_letter_ends_pk primary key (topic, partition, "offset"),
        constraint dead_letter_ends_outcome check (outcome in ('replayed', 'dismissed'))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table dead_letter_ends');
  }
}
