import type { Database } from '#libs/database';
import { updateSchema, type Update } from '#libs/messaging';

/** What the log tells of a conversation or a channel, from a place on; each is checked against its schema. */
export class Announcements {
  private from = 0;

  constructor(
    private readonly database: Database,
    private readonly key: string,
  ) {}

  /** Those since the last look. */
  async fresh(): Promise<Update[]> {
    const rows = await this.database.query<{ value: string }>(
      `select value from log_records where topic = 'conversation.updates' and key = $1 order by "offset" offset $2`,
      [this.key, this.from],
    );
    this.from += rows.length;
    return rows.map((row) => updateSchema.parse(JSON.parse(row.value)));
  }
}
