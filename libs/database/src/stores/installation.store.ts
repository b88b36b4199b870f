import type { Queryable } from '../database.js';
import { onlyRow } from './rows.js';

/** What the installation as a whole remembers: no workspace owns it. */
export const installationStore = {
  async get(sql: Queryable, key: string): Promise<string | null> {
    const rows = await sql.query<{ value: string }>('select value from installation where key = $1', [key]);
    return rows[0]?.value ?? null;
  },

  /** Answers the value that stands: the first one wins, also among processes that start at once. */
  async putIfAbsent(sql: Queryable, key: string, value: string): Promise<string> {
    // an update that changes nothing returns the row that the insert ran into
    const rows = await sql.query<{ value: string }>(
      `insert into installation as i (key, value) values ($1, $2)
       on conflict (key) do update set value = i.value returning value`,
      [key, value],
    );
    return onlyRow(rows).value;
  },
};
