import type { OutboundBody, SendOutcome, SendSearch } from '#libs/channels/kit';
import { migrate, openDataSource, openPgDatabase, type Database } from '#libs/database';
import { openPostgresEventLog, type EventLog } from '#libs/event-log';
import { conversationId, eventSchema, messageId, uuid5, type Event, type Message } from '#libs/messaging';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { closeTurn } from '../src/close-turn.js';
import { projectEvents } from '../src/project-events.js';
import type { ProjectionRules } from '../src/projection.js';
import { queueOutbound, type OutboundHouse } from '../src/queue-outbound.js';
import { resendMessage } from '../src/resend-message.js';
import { settleDoubt } from '../src/settle-doubt.js';
import { takeTurn } from '../src/take-turn.js';
import { tellDoubts } from '../src/tell-doubts.js';
import type { Doubt, SenderHouse, Turn } from '../src/turn.js';
import type { Echo, Happening, InConversation } from './happening.js';
import { SendingLooks } from './sending-looks.js';
import { appId, connector, connectPage, unknown, workspace } from './sending-parts.js';

/** What happens between a person, the sender and the source, step by step, on a real PostgreSQL; Graph is never called. */
export class SendingWorld {
  readonly look: SendingLooks;
  private projected = 0;
  private contacts = 0;

  private constructor(
    readonly database: Database,
    private readonly test: TestDatabase,
    readonly log: EventLog,
    readonly channelId: string,
  ) {
    this.look = new SendingLooks(database, channelId);
  }

  static async open(): Promise<SendingWorld> {
    const test = await createTestDatabase();
    await migrate(test.url);
    const database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 6 }));
    const log = await openPostgresEventLog({ database });
    await database.query('insert into workspaces (id, name) values ($1, $2)', [workspace, 'test']);
    return new SendingWorld(database, test, log, await connectPage(database));
  }

  /** The turn in which the message was first called, as its sender still holds it. */
  static firstAttemptOf(turn: Turn): Turn {
    const message = Object.assign(structuredClone(turn.message), { attempt: 1 });
    return { ...turn, message, lane: { ...turn.lane, epoch: 1 } };
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.database.close();
    await this.test.drop();
  }

  /** A contact who has written at this moment; gives the conversation. */
  async newChat(wroteAt = new Date()): Promise<string> {
    this.contacts += 1;
    const contact = `65000000000${String(this.contacts).padStart(5, '0')}`;
    await this.receive(contact, wroteAt);
    return conversationId(this.channelId, contact);
  }

  async receive(contact: string, at: Date): Promise<void> {
    const mid = `m_${contact}_${at.getTime()}`;
    const about = { message_id: messageId(this.channelId, mid), source_message_id: mid };
    await this.apply({
      ...this.about(contact, at, mid),
      type: 'message.received',
      payload: { ...about, content: { type: 'text', text: 'Hi' }, counts_as_unread: true, opens_window: true },
    });
  }

  async send(conversation: string, about: Partial<OutboundBody> = {}, through = this.database): Promise<Message> {
    return through.transaction((sql) =>
      queueOutbound(workspace, sql, this.outbound(), {
        conversationId: conversation,
        sender: { type: 'agent', id: 'k', name: 'Key', avatarUrl: null },
        metadata: { ticket: 7 },
        body: () => ({ message: { text: 'hello' }, isFromPerson: true, ...about }),
      }),
    );
  }

  resend(id: string): Promise<Message> {
    return this.database.transaction((sql) => resendMessage(workspace, sql, this.outbound(), id));
  }

  async take(conversation: string): Promise<Turn | null> {
    const turn = await this.next(conversation);
    return turn?.kind === 'send' ? turn : null;
  }

  /** What a send is called for whose outcome nobody told in time. */
  async doubt(conversation: string): Promise<Doubt> {
    await this.pass(conversation, 121);
    const turn = await this.next(conversation);
    if (turn?.kind !== 'doubt') throw new Error('There is no doubt');
    return turn;
  }

  /** Ends a doubt by what the source shows. */
  settle(doubt: Doubt, search: SendSearch): Promise<unknown> {
    return settleDoubt(this.sender(), doubt, search);
  }

  next(conversation: string): Promise<Turn | Doubt | null> {
    return takeTurn(this.sender(), { conversation_id: conversation, workspace_id: workspace });
  }

  /** A turn that must be had. */
  async taken(conversation: string): Promise<Turn> {
    const turn = await this.take(conversation);
    if (turn === null) throw new Error('There is no turn to take');
    return turn;
  }

  /** Ends a turn, and lets the projector read its result. */
  async end(turn: Turn, outcome: SendOutcome): Promise<void> {
    await this.closeTurn(turn, outcome);
    await this.project();
  }

  /** `through`: another way into the same database. */
  closeTurn(turn: Turn, outcome: SendOutcome, through = this.database): Promise<void> {
    return closeTurn({ ...this.sender(), database: through }, turn, outcome);
  }

  tellDoubts(perPage: number, through = this.database): Promise<number> {
    return tellDoubts({ ...this.sender(), database: through }, perPage);
  }

  /** Sends and lets its first attempt end so. */
  async ended(conversation: string, outcome: SendOutcome): Promise<Message> {
    const message = await this.send(conversation);
    await this.end(await this.taken(conversation), outcome);
    return message;
  }

  /** A first attempt of which nobody knows: given up after its time. */
  async unknown(conversation: string): Promise<Message> {
    const message = await this.ended(conversation, unknown);
    await this.pass(conversation, 121);
    await this.take(conversation);
    await this.project();
    return message;
  }

  /** The source's echo of an attempt, read by the projector. */
  async echo(message: Message, { attempt, mid, at = new Date() }: Echo, through = this.database): Promise<void> {
    const contact = await this.contactOf(message.conversation_id);
    const event: Event = {
      ...this.about(contact, at, mid),
      type: 'message.echoed',
      payload: {
        message_id: messageId(this.channelId, mid),
        source_message_id: mid,
        content: { type: 'text', text: 'hello' },
        sender_type: 'app',
        app_id: appId,
        claims: { message_id: message.id, attempt },
      },
    };
    await this.apply(event, through);
  }

  async delivered(conversation: string, mid: string): Promise<void> {
    const event = this.about(await this.contactOf(conversation), new Date(), `delivered ${mid}`);
    await this.apply({ ...event, type: 'message.delivered', payload: { source_message_ids: [mid] } });
  }

  /** As if everything about a conversation's sends had happened so many seconds earlier. */
  async pass(conversation: string, seconds: number): Promise<void> {
    const ago = `make_interval(secs => ${seconds})`;
    await this.database.query(`update send_attempts set opened_at = opened_at - ${ago} where conversation_id = $1`, [
      conversation,
    ]);
    await this.database.query(
      `update send_lanes set next_due = next_due - ${ago}, until = until - ${ago} where conversation_id = $1`,
      [conversation],
    );
  }

  /** The sender's results that nobody has read yet, as the projector reads them. */
  async project(): Promise<void> {
    const rows = await this.database.query<{ value: string }>(
      `select value from log_records where topic = 'channel.events' order by appended_at, partition, "offset" offset $1`,
      [this.projected],
    );
    this.projected += rows.length;
    for (const { value } of rows) await this.apply(eventSchema.parse(JSON.parse(value)));
  }

  private async apply(event: Event, through = this.database): Promise<void> {
    await through.transaction((sql) => projectEvents(sql, this.log, [event], this.rules()));
  }

  async contactOf(conversation: string): Promise<string> {
    const [row] = await this.database.query<{ source_contact_id: string }>(
      'select source_contact_id from conversations where id = $1',
      [conversation],
    );
    return row?.source_contact_id ?? '';
  }

  /** What the source tells of a conversation, by its clock. */
  async happen(conversation: string, what: Happening, at = new Date()): Promise<void> {
    const event = this.about(await this.contactOf(conversation), at, `${what.type} ${at.getTime()}`);
    await this.apply({ ...event, ...what });
  }

  private about(contact: string, at: Date, name: string): Omit<Event, 'type' | 'payload'> & InConversation {
    return {
      id: uuid5(this.channelId, name),
      source: 'facebook',
      workspace_id: workspace,
      channel_id: this.channelId,
      conversation_id: conversationId(this.channelId, contact),
      source_contact_id: contact,
      occurred_at: at.toISOString(),
      received_at: new Date().toISOString(),
      raw: '{}',
    };
  }

  rules(): ProjectionRules {
    const { window } = connector.sending;
    return {
      now: new Date(),
      publicUrl: 'http://127.0.0.1:8080',
      window: (_source, openedAt, now) => window(openedAt, now),
      partitionOf: (key) => this.log.partitionOf(key),
    };
  }

  private outbound(): OutboundHouse {
    return { log: this.log, rules: this.rules(), connectorOf: () => connector };
  }

  private sender(): SenderHouse {
    return {
      database: this.database,
      log: this.log,
      owner: 'test',
      publicUrl: 'http://127.0.0.1:8080',
      now: () => new Date(),
      connectorOf: () => connector,
    };
  }
}
