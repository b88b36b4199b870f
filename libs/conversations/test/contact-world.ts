import type { ContactAnswer } from '#libs/channels/kit';
import {
  channelConnectionStore,
  channelStore,
  contactStore,
  type ConversationEntity,
  type Database,
  type DueContact,
} from '#libs/database';
import { settleContact, type ContactHouse } from '../src/settle-contact.js';
import { workspace } from './sending-parts.js';
import type { SendingWorld } from './sending-world.js';

export const found = (display_name: string): ContactAnswer => ({ kind: 'found', contact: { display_name } });
export const later = (about: { delayMs?: number; isWholeChannel?: boolean } = {}): ContactAnswer => ({
  kind: 'later',
  reason: 'x',
  isWholeChannel: false,
  ...about,
});

/** The sender's side of contacts, step by step, on a real PostgreSQL; the source is never asked. */
export class ContactWorld {
  private readonly database: Database;

  constructor(private readonly world: SendingWorld) {
    this.database = world.database;
  }

  claim(limit = 10): Promise<DueContact[]> {
    return contactStore.claimDueInAnyWorkspace(this.database, limit);
  }

  /** The one contact that is due. */
  async claimOnly(): Promise<DueContact> {
    const [due, ...others] = await this.claim();
    if (due === undefined || others.length > 0) throw new Error('There is not exactly one contact due');
    return due;
  }

  async settle(due: DueContact, answer: ContactAnswer): Promise<void> {
    const channel = await channelStore.find(workspace, this.database, due.channel_id);
    if (channel === null) throw new Error('There is no channel');
    await settleContact(this.house(), due, channel, answer);
  }

  async row(conversation: string): Promise<ConversationEntity> {
    const [row] = await this.database.query<ConversationEntity>('select * from conversations where id = $1', [
      conversation,
    ]);
    if (row === undefined) throw new Error(`There is no conversation ${conversation}`);
    return row;
  }

  /** Seconds until the contact is due; null: there is nothing to do. */
  async dueIn(conversation: string): Promise<number | null> {
    const [row] = await this.database.query<{ seconds: number | null }>(
      'select extract(epoch from contact_due_at - now())::float8 as seconds from conversations where id = $1',
      [conversation],
    );
    return row?.seconds ?? null;
  }

  async fetchedAgo(conversation: string): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }>(
      'select extract(epoch from now() - contact_fetched_at)::float8 as seconds from conversations where id = $1',
      [conversation],
    );
    return row?.seconds ?? Infinity;
  }

  /** Seconds for which nobody of the channel is asked for; null: they are. */
  async pausedFor(): Promise<number | null> {
    const [row] = await this.database.query<{ seconds: number | null }>(
      'select extract(epoch from contacts_paused_until - now())::float8 as seconds from channels',
    );
    return row?.seconds ?? null;
  }

  /** As if everything about contacts had happened so many seconds earlier. */
  async pass(seconds: number): Promise<void> {
    await this.database.query(
      `update conversations set contact_due_at = contact_due_at - make_interval(secs => $1),
         contact_fetched_at = contact_fetched_at - make_interval(secs => $1)`,
      [seconds],
    );
    await this.database.query(
      'update channels set contacts_paused_until = contacts_paused_until - make_interval(secs => $1)',
      [seconds],
    );
  }

  async disconnect(): Promise<void> {
    await channelConnectionStore.markDisconnecting(workspace, this.database, this.world.channelId);
  }

  /** As a connect with a new token. */
  async connectAgain(): Promise<void> {
    await this.database.query(
      `update channels set state = 'connected', health_state = 'connected', token_sealed = 'new' where id = $1`,
      [this.world.channelId],
    );
  }

  async forgetAll(): Promise<void> {
    await this.database.query('delete from conversations');
    await this.database.query('update channels set contacts_paused_until = null');
    await this.connectAgain();
  }

  private house(): ContactHouse {
    const { database, log } = this.world;
    return {
      database,
      log,
      publicUrl: 'http://127.0.0.1:8080',
      now: () => new Date(),
      rules: () => this.world.rules(),
    };
  }
}
