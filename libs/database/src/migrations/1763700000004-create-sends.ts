import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One lane a conversation, one open attempt a lane; an attempt is committed before the call it stands for. */
export class CreateSends1763700000004 implements MigrationInterface {
  readonly name = 'CreateSends1763700000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table send_attempts (
        message_id uuid not null,
        attempt integer not null,
        workspace_id uuid not null,
        conversation_id uuid not null,
        channel_id uuid not null,
        state text not null,
        tries integer not null,
        lane_epoch bigint not null,
        opened_at timestamptz(3) not null,
        closed_at timestamptz(3),
        failure jsonb,
        constraint send_attempts_pk primary key (message_id, attempt),
        constraint send_attempts_state check (state in ('open', 'not_sent', 'accepted', 'refused', 'unknown'))
      );
      create unique index send_attempts_one_open on send_attempts (conversation_id) where state = 'open';
      create table send_lanes (
        conversation_id uuid not null,
        workspace_id uuid not null,
        channel_id uuid not null,
        owner text,
        epoch bigint not null default 0,
        until timestamptz(3),
        next_due timestamptz(3),
        constraint send_lanes_pk primary key (conversation_id)
      ) with (fillfactor = 80);
      create index send_lanes_due on send_lanes (next_due) where next_due is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table send_lanes, send_attempts');
  }
}
