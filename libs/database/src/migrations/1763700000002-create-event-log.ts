import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log in PostgreSQL. `log_append` takes advisory locks on its partitions in one global order and numbers from the
 * last row of each: offsets are dense, visible in order, and no row is updated, so a long snapshot cannot slow it down.
 * Parameters are lists joined by 0x1e, which can't occur raw in JSON.
 */
export class CreateEventLog1763700000002 implements MigrationInterface {
  readonly name = 'CreateEventLog1763700000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table log_records (
        topic text not null,
        partition integer not null,
        "offset" bigint not null,
        key text not null,
        workspace_id uuid not null,
        headers text not null,
        value text not null,
        appended_at timestamptz(3) not null default clock_timestamp(),
        constraint log_records_pk primary key (topic, partition, "offset")
      );
      create index log_records_updates on log_records (workspace_id, partition, "offset") where topic = 'conversation.updates';
      create function log_append(topics text, partitions text, keys text, workspaces text, headers text, "values" text)
      returns table (appended_topic text, appended_partition integer, first_offset bigint, appended_at timestamptz)
      language plpgsql as $$
      declare
        lane record;
        at timestamptz(3);
      begin
        for lane in
          select distinct r.t collate "C" as t, r.p
          from unnest(string_to_array(topics, chr(30)), string_to_array(partitions, chr(30))::integer[]) r(t, p)
          order by 1, 2
        loop
          perform pg_advisory_xact_lock(hashtext(lane.t), lane.p);
        end loop;
        at := clock_timestamp();
        -- a statement of its own: its snapshot is taken after the locks are held
        return query
          with incoming as materialized (
            select r.*
            from unnest(
              string_to_array(topics, chr(30)), string_to_array(partitions, chr(30))::integer[], string_to_array(keys, chr(30)),
              string_to_array(workspaces, chr(30))::uuid[], string_to_array(log_append.headers, chr(30)), string_to_array("values", chr(30))
            ) with ordinality r(t, p, k, w, h, v, o)
          ),
          ends as materialized (
            select d.t, d.p,
              coalesce((select l."offset" + 1 from log_records l where l.topic = d.t and l.partition = d.p order by l."offset" desc limit 1), 0) as next
            from (select distinct i.t, i.p from incoming i) d
          ),
          written as (
            insert into log_records (topic, partition, "offset", key, workspace_id, headers, value, appended_at)
            select i.t, i.p, e.next + row_number() over (partition by i.t, i.p order by i.o) - 1, i.k, i.w, i.h, i.v, at
            from incoming i join ends e on e.t = i.t and e.p = i.p
          )
          select e.t, e.p, e.next, at::timestamptz from ends e;
      end $$;
      create table consumer_positions (
        consumer_group text not null,
        topic text not null,
        partition integer not null,
        position bigint not null,
        constraint consumer_positions_pk primary key (consumer_group, topic, partition)
      ) with (fillfactor = 50);
      create table consumer_leases (
        consumer_group text not null,
        topic text not null,
        partition integer not null,
        owner text,
        until timestamptz(3) not null,
        constraint consumer_leases_pk primary key (consumer_group, topic, partition)
      ) with (fillfactor = 50);
      create table consumer_members (
        consumer_group text not null,
        topic text not null,
        member text not null,
        until timestamptz(3) not null,
        constraint consumer_members_pk primary key (consumer_group, topic, member)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table consumer_members, consumer_leases, consumer_positions; drop function log_append; drop table log_records',
    );
  }
}
