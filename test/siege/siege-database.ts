import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { withDatabase } from '../harness/embedded-database.js';
import { clusterOf } from '../harness/temporary-home.js';
import { openingWords, type Stored } from './evidence.js';

/** PostgreSQL writes failed statements into its own log from the next connections on: Parley tells it to keep silent about them. */
export async function logFailedStatements(home: string): Promise<void> {
  await withDatabase(home, (database) => database.query("alter role parley set log_min_messages = 'error'"));
}

export function deadlocksIn(home: string): string[] {
  return ['server.log', 'server.log.1']
    .map((name) => join(clusterOf(home), name))
    .filter((path) => existsSync(path))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => line.includes('deadlock detected'));
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
