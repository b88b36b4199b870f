import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a contact is to be asked for. Those known so far are due at once, the newest first. */
export class CreateContactDues1763700000010 implements MigrationInterface {
  readonly name = 'CreateContactDues1763700000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table conversations
        add column contact_due_at timestamptz(3) default now(),
        add column contact_tries integer not null default 0;
      create index conversations_contact_due on conversations (channel_id, contact_due_at)
        where contact_due_at is not null and last_message_id is not null;
      alter table channels add column contacts_paused_until timestamptz(3);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table channels drop column contacts_paused_until;
      drop index conversations_contact_due;
      alter table conversations drop column contact_due_at, drop column contact_tries;
    `);
  }
}
