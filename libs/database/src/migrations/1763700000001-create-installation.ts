import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants, their keys and channels. */
export class CreateInstallation1763700000001 implements MigrationInterface {
  readonly name = 'CreateInstallation1763700000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table installation (
        key text not null,
        value text not null,
        constraint installation_pk primary key (key)
      );
      create table workspaces (
        id uuid not null,
        name text not null,
        created_at timestamptz(3) not null default now(),
        constraint workspaces_pk primary key (id)
      );
      create table api_keys (
        id uuid not null,
        workspace_id uuid not null,
        name text not null,
        key_sha256 bytea not null,
        scopes text[] not null,
        rate_limit integer,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        constraint api_keys_pk primary key (id)
      );
      create unique index api_keys_sha256 on api_keys (key_sha256);
      create table idempotency_keys (
        workspace_id uuid not null,
        key text not null,
        path text not null,
        request_sha256 bytea not null,
        lease_until timestamptz(3),
        response_status integer,
        response_body text,
        created_at timestamptz(3) not null default now(),
        constraint idempotency_keys_pk primary key (workspace_id, key)
      );
      create index idempotency_keys_created on idempotency_keys (created_at);
      create table source_apps (
        source text not null,
        source_app_id text not null,
        workspace_id uuid not null,
        secrets_sealed text not null,
        verify_token_sealed text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint source_apps_pk primary key (source, source_app_id)
      );
      create table channels (
        id uuid not null,
        workspace_id uuid not null,
        source text not null,
        source_channel_id text not null,
        source_app_id text not null,
        state text not null,
        version integer not null default 1,
        name text not null,
        image_url text,
        user_data jsonb not null default '{}',
        token_sealed text,
        token_expires_at timestamptz(3),
        subscribed_fields text[] not null default '{}',
        health_state text not null,
        health_reason text,
        health_since timestamptz(3) not null default now(),
        last_verification jsonb,
        created_at timestamptz(3) not null default now(),
        state_since timestamptz(3) not null default now(),
        constraint channels_pk primary key (id),
        constraint channels_state check (state in ('connecting', 'connected', 'disconnecting', 'disconnected'))
      );
      create unique index channels_page_of_workspace on channels (workspace_id, source, source_channel_id);
      create unique index channels_page_owner on channels (source, source_channel_id) where state <> 'disconnected';
      create table channel_activity (
        channel_id uuid not null,
        workspace_id uuid not null,
        last_event_at timestamptz(3) not null,
        constraint channel_activity_pk primary key (channel_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table channel_activity, channels, source_apps, idempotency_keys, api_keys, workspaces, installation',
    );
  }
}
