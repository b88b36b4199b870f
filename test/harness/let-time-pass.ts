import { withDatabase } from './embedded-database.js';

/**
 * Makes the open attempt of a message as old as one that is given up as unknown (after 120 s); false as long as its call
 * still runs.
 */
export function letTimePass(home: string, messageId: string): Promise<boolean> {
  return withDatabase(home, async (database) => {
    // first the age: a sweep between the two would find a young attempt, and look again after 120 s
    await database.query(`update send_attempts set opened_at = now() - interval '121 s' where message_id = $1`, [
      messageId,
    ]);
    const lanes = await database.query(
      `update send_lanes l set next_due = now() from send_attempts a
       where a.message_id = $1 and a.state = 'open' and l.conversation_id = a.conversation_id and l.owner is null returning 1 as one`,
      [messageId],
    );
    return lanes.length > 0;
  });
}
