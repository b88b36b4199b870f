import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A conversation row exists from the first event about a contact on; it shows itself with its first message. */
export class CreateConversations1763700000003 implements MigrationInterface {
  readonly name = 'CreateConversations1763700000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table conversations (
        id uuid not null,
        workspace_id uuid not null,
        channel_id uuid not null,
        source_contact_id text not null,
        created_at timestamptz(3),
        version integer not null default 0,
        last_message_id uuid,
        last_message_sent_at timestamptz(3),
        message_count integer not null default 0,
        unread_count integer not null default 0,
        read_up_to_sent_at timestamptz(3),
        read_up_to_id uuid,
        delivered_watermark timestamptz(3),
        read_watermark timestamptz(3),
        window_opened_at timestamptz(3),
        contact jsonb not null default '{}',
        contact_fetched_at timestamptz(3),
        state text,
        tags jsonb not null default '{}',
        user_data jsonb not null default '{}',
        thread_owner jsonb,
        constraint conversations_pk primary key (id)
      ) with (fillfactor = 80);
      create unique index conversations_contact on conversations (channel_id, source_contact_id);
      create index conversations_newest on conversations (workspace_id, last_message_sent_at, id) where last_message_id is not null;
      create table conversation_counts (
        workspace_id uuid not null,
        shard integer not null,
        total bigint not null,
        constraint conversation_counts_pk primary key (workspace_id, shard)
      );
      create table messages (
        id uuid not null,
        workspace_id uuid not null,
        conversation_id uuid not null,
        channel_id uuid not null,
        source text not null,
        source_message_id text,
        version integer not null,
        from_contact boolean not null,
        sender_type text not null,
        sender jsonb not null,
        content jsonb not null,
        reply_to jsonb,
        reactions jsonb not null default '[]',
        referral jsonb,
        state text not null,
        attempt integer not null,
        failure jsonb,
        sent_at timestamptz(3) not null,
        source_sent_at timestamptz(3),
        received_at timestamptz(3) not null,
        delivered_at timestamptz(3),
        read_at timestamptz(3),
        edited_at timestamptz(3),
        edit_number integer not null default 0,
        deleted_at timestamptz(3),
        counts_as_unread boolean not null,
        metadata jsonb not null default '{}',
        source_data jsonb,
        outbound jsonb,
        constraint messages_pk primary key (id),
        constraint messages_state check (state in ('pending', 'sent', 'delivered', 'read', 'failed', 'unknown'))
      ) with (fillfactor = 80);
      create index messages_newest on messages (conversation_id, sent_at, id);
      create index messages_pending on messages (conversation_id, sent_at, id) where state = 'pending';
      create index messages_awaiting_receipt on messages (conversation_id) where not from_contact and state in ('sent', 'delivered');
      create table message_sources (
        channel_id uuid not null,
        source_message_id text not null,
        workspace_id uuid not null,
        message_id uuid not null,
        attempt integer not null,
        raw text,
        constraint message_sources_pk primary key (channel_id, source_message_id)
      );
      create index message_sources_message on message_sources (message_id);
      create table waiting_effects (
        channel_id uuid not null,
        awaits text not null,
        event_id uuid not null,
        workspace_id uuid not null,
        conversation_id uuid not null,
        event text not null,
        created_at timestamptz(3) not null default now(),
        constraint waiting_effects_pk primary key (channel_id, awaits, event_id)
      );
      create index waiting_effects_created on waiting_effects (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table waiting_effects, message_sources, messages, conversation_counts, conversations');
  }
}
