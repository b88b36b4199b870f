import type { ChannelEntity, Database, MessageEntity, SendAttemptEntity } from '#libs/database';
import { updateSchema, type Update } from '#libs/messaging';

/** What stands in the tables. */
export class SendingLooks {
  constructor(
    private readonly database: Database,
    private readonly channelId: string,
  ) {}

  async row(id: string): Promise<MessageEntity> {
    const [row] = await this.database.query<MessageEntity>('select * from messages where id = $1', [id]);
    if (row === undefined) throw new Error(`There is no message ${id}`);
    return row;
  }

  /** Ours of a conversation, oldest first. */
  ours(conversation: string): Promise<MessageEntity[]> {
    return this.database.query(
      'select * from messages where conversation_id = $1 and not from_contact order by sent_at, id',
      [conversation],
    );
  }

  attempts(id: string): Promise<Pick<SendAttemptEntity, 'attempt' | 'state' | 'tries'>[]> {
    return this.database.query(
      'select attempt, state, tries from send_attempts where message_id = $1 order by attempt',
      [id],
    );
  }

  async channel(): Promise<ChannelEntity> {
    const [row] = await this.database.query<ChannelEntity>('select * from channels where id = $1', [this.channelId]);
    if (row === undefined) throw new Error('There is no channel');
    return row;
  }

  /** Seconds until the lane is due; null: when somebody wakes it. */
  async dueIn(conversation: string): Promise<number | null> {
    const [lane] = await this.database.query<{ seconds: number | null }>(
      'select extract(epoch from next_due - now())::float8 as seconds from send_lanes where conversation_id = $1',
      [conversation],
    );
    return lane?.seconds ?? null;
  }

  /** The messages of a conversation that were announced as unknown, as often as they were. */
  async toldUnknown(conversation: string): Promise<string[]> {
    const told = await this.told(conversation);
    return told.flatMap((update) =>
      update.type === 'message.updated' && update.payload.message.state === 'unknown'
        ? [update.payload.message.id]
        : [],
    );
  }

  async told(key: string): Promise<Update[]> {
    const rows = await this.database.query<{ value: string }>(
      `select value from log_records where topic = 'conversation.updates' and key = $1 order by "offset"`,
      [key],
    );
    return rows.map(({ value }) => updateSchema.parse(JSON.parse(value)));
  }
}
