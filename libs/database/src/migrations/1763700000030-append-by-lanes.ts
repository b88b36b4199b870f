import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `log_append` for who has put the records of each lane (topic, partition) together: nothing is looked for, sorted or joined. A
 * record names its lane, from 1, and its place behind the lane's last record, from 0. Locks and order are those of
 * `log_append`, which stays for processes of the release before.
 */
export class AppendByLanes1763700000030 implements MigrationInterface {
  readonly name = 'AppendByLanes1763700000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function log_append_lanes(
        topics text[], partitions integer[],
        lanes integer[], places integer[], keys text[], workspaces uuid[], headers text[], "values" text[])
      returns table (appended_topic text, appended_partition integer, first_offset bigint, appended_at timestamptz)
      language plpgsql as $$
      declare
        lane record;
        firsts bigint[];
        at timestamptz(3);
      begin
        for lane in select distinct l.t collate "C" as t, l.p from unnest(topics, partitions) l(t, p) order by 1, 2
        loop
          perform pg_advisory_xact_lock(hashtext(lane.t), lane.p);
        end loop;
        at := clock_timestamp();
        -- a statement of its own: its snapshot is taken after the locks are held
        firsts := array(
          select coalesce((select r."offset" + 1 from log_records r where r.topic = l.t and r.partition = l.p order by r."offset" desc limit 1), 0)
          from unnest(topics, partitions) with ordinality l(t, p, n) order by l.n);
        insert into log_records (topic, partition, "offset", key, workspace_id, headers, value, appended_at)
        select topics[r.lane], partitions[r.lane], firsts[r.lane] + r.place, r.key, r.workspace, r.header, r.value, at
        from unnest(lanes, places, keys, workspaces, log_append_lanes.headers, "values") r(lane, place, key, workspace, header, value);
        return query select l.t, l.p, l.first, at::timestamptz from unnest(topics, partitions, firsts) l(t, p, first);
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function log_append_lanes');
  }
}
