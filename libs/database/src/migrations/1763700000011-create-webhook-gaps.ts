import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was refused because it could be made durable nowhere: the source will not send it again. */
export class CreateWebhookGaps1763700000011 implements MigrationInterface {
  readonly name = 'CreateWebhookGaps1763700000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook_gaps (
        id uuid not null,
        source text not null,
        source_channel_id text,
        started_at timestamptz(3) not null,
        ended_at timestamptz(3) not null,
        refused integer not null,
        created_at timestamptz(3) not null default now(),
        constraint webhook_gaps_pk primary key (id)
      );
      create index webhook_gaps_created on webhook_gaps (created_at);
      alter table channels add column last_gap jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table channels drop column last_gap;
      drop table webhook_gaps;
    `);
  }
}
