import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What keeps a channel's row and its subscription at the source at one, whatever died in between. */
export class AddChannelUpkeep1763700000005 implements MigrationInterface {
  readonly name = 'AddChannelUpkeep1763700000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table channels
        add column epoch integer not null default 0,
        add column upkeep_due timestamptz(3) not null default now(),
        add column replay_since timestamptz(3);
      create index channels_upkeep on channels (upkeep_due) where state <> 'disconnected';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index channels_upkeep;
      alter table channels drop column epoch, drop column upkeep_due, drop column replay_since;
    `);
  }
}
