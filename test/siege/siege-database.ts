import { withDatabase } from '../harness/embedded-database.js';
import { only } from '../harness/only.js';
import { openingWords, type Stored } from './evidence.js';

/** PostgreSQL writes failed statements into its own log from the next connections on: Parley tells it to keep silent about them. */
export async function logFailedStatements(home: string): Promise<void> {
  await withDatabase(home, (database) => database.query("alter role parley set log_min_messages = 'error'"));
}

/** Each flush of the write-ahead log is timed from now on. */
export async function timeFlushes(home: string): Promise<void> {
  await withDatabase(home, async (database) => {
    await database.query("alter system set track_wal_io_timing = 'on'");
    await database.query('select pg_reload_conf()');
  });
}

/** Counts from now on. */
export async function forgetFlushes(home: string): Promise<void> {
  await withDatabase(home, (database) => database.query("select pg_stat_reset_shared('io')"));
}

export async function readFlushes(home: string): Promise<Flushes> {
  return withDatabase(home, async (database) =>
    only(
      await database.query<Flushes>(
        `select sum(fsyncs)::integer as count, coalesce(sum(fsync_time) / nullif(sum(fsyncs), 0), 0)::float as "meanMs"
         from pg_stat_io where object = 'wal'`,
      ),
    ),
  );
}

interface Flushes {
  readonly count: number;
  readonly meanMs: number;
}

/** How far the source's time of a stored message is ahead of ours, in the middle of all. */
export async function readClocks(home: string): Promise<Clocks> {
  const middle = 'percentile_cont(0.5) within group (order by extract(epoch from source_sent_at - received_at) * 1000)';
  return withDatabase(home, async (database) =>
    only(
      await database.query<Clocks>(
        `select ${middle} filter (where from_contact) as "inboundMs", ${middle} filter (where not from_contact) as "outboundMs"
         from messages where source_sent_at is not null`,
      ),
    ),
  );
}

interface Clocks {
  readonly inboundMs: number;
  readonly outboundMs: number;
}

/** All but the words with which conversations were opened. */
export function readRows(home: string): Promise<Stored[]> {
  return withDatabase(home, (database) =>
    database.query<Stored & Record<string, unknown>>(
      `select m.id, m.conversation_id as "conversationId", m.content->>'text' as name, m.source_message_id as mid, m.state, m.version
       from messages m where m.content->>'text' <> $1 order by m.conversation_id, m.sent_at, m.id`,
      [openingWords],
    ),
  );
}

/**
 * As if minutes passed: calls whose outcome nobody ever told are given up (after 120 s), and the lanes that a killed
 * sender has left are free (after 30 s). Skips what is locked just now, so that it cannot be half of a deadlock.
 */
export async function letMinutesPass(home: string, startedAt: Date): Promise<void> {
  await withDatabase(home, async (database) => {
    await database.query(
      `update send_lanes set owner = null, until = null where conversation_id in (
         select conversation_id from send_lanes where owner is not null and until < $1::timestamptz + interval '30 s' for update skip locked)`,
      [startedAt.toISOString()],
    );
    await database.query(
      `update send_attempts set opened_at = now() - interval '121 s' where message_id in (
         select a.message_id from send_attempts a join send_lanes l using (conversation_id)
         where a.state = 'open' and l.owner is null for update of a skip locked)`,
    );
    await database.query(
      `update send_lanes set next_due = now() where conversation_id in (
         select l.conversation_id from send_lanes l join send_attempts a using (conversation_id)
         where a.state = 'open' and l.owner is null for update of l skip locked)`,
    );
  });
}
