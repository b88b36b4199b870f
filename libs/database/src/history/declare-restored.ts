import type { Database } from '../database.js';
import { doubtSends } from './doubt-sends.js';

/** Said by a person: these data are a backup. All cursors are too old, and what waits to be sent is unknown. Answers how many sends. */
export function declareRestored(database: Database): Promise<number> {
  return database.transaction(async (sql) => {
    const doubted = await doubtSends(sql);
    await sql.query(
      `with latest as (select * from database_starts order by number desc limit 1), gone as (delete from database_starts)
       insert into database_starts (token, number, server_started, identity, is_restored, owes_news)
       select gen_random_uuid(), number, server_started, identity, true, true from latest`,
    );
    return doubted;
  });
}
