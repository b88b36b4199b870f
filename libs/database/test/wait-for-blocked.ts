import { waitFor } from '../../../test/harness/wait-for.js';
import type { Database } from '../src/database.js';

/** Until some statement in this database waits for what another transaction holds. */
export async function waitForBlocked(database: Database): Promise<void> {
  await waitFor('a statement to wait for another', async () => {
    const waiting = await database.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  });
}
