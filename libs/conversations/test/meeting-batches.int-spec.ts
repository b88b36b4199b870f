import { conversationId, messageId, uuid5, type Event } from '#libs/messaging';
import type { Database } from '#libs/database';
import { markRead } from '../src/mark-read.js';
import { projectEvents } from '../src/project-events.js';
import { counted, meetAtCommit, untilBlocked } from './meet.js';
import { workspace } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

/** Two who change the same conversations at once: whoever comes second reads what the first has left. */
describe('two who meet at a conversation', () => {
  let world: SendingWorld;
  let written = 0;

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  afterAll(() => world.close());

  const eventOf = (contact: string, what: Pick<Event, 'type' | 'payload'>): Event => {
    written += 1;
    const about = { channel_id: world.channelId, conversation_id: conversationId(world.channelId, contact) };
    const at = new Date().toISOString();
    const times = { occurred_at: at, received_at: at };
    const source = { source: 'facebook', workspace_id: workspace, source_contact_id: contact, raw: '{}' };
    return { id: uuid5(world.channelId, `meeting ${written}`), ...source, ...about, ...times, ...what } as Event;
  };
  const textOf = (contact: string, mid = `m_meeting_${written}`): Event => {
    const about = { message_id: messageId(world.channelId, mid), source_message_id: mid };
    return eventOf(contact, {
      type: 'message.received',
      payload: { ...about, content: { type: 'text', text: 'Hi' }, counts_as_unread: true, opens_window: true },
    });
  };
  const editOf = (contact: string, mid: string, number: number): Event =>
    eventOf(contact, {
      type: 'message.edited',
      payload: { source_message_id: mid, text: `edit ${number}`, edit_number: number },
    });
  const project = (through: Database, events: readonly Event[]): Promise<unknown> =>
    through.transaction((sql) => projectEvents(sql, world.log, events, world.rules()));
  const write = (through: Database, contacts: readonly string[]): Promise<unknown> =>
    project(
      through,
      contacts.map((contact) => textOf(contact)),
    );
  const rowOf = async (chat: string): Promise<object | undefined> => {
    const sql = 'select version, message_count, unread_count from conversations where id = $1';
    return (await world.database.query(sql, [chat]))[0];
  };

  it('as two batches of texts: both are counted (interleaving 18)', async () => {
    const chat = await world.newChat();
    const contact = await world.contactOf(chat);
    const one = (through: Database): Promise<unknown> => write(through, [contact]);
    await meetAtCommit(world.database, one, one);
    expect(await rowOf(chat)).toMatchObject({ message_count: 3, unread_count: 3 });
  });

  it('as two edits of one message: announced one after the other, with the version of each (interleaving 18)', async () => {
    const chat = await world.newChat();
    const contact = await world.contactOf(chat);
    const mid = `m_edited_${chat}`;
    await project(world.database, [textOf(contact, mid)]);
    const before = (await world.look.told(chat)).length;
    await meetAtCommit(
      world.database,
      (through) => project(through, [editOf(contact, mid, 1)]),
      (through) => project(through, [editOf(contact, mid, 2)]),
    );
    const told = (await world.look.told(chat)).slice(before);
    expect(told.map(({ payload }) => payload)).toMatchObject(
      [1, 2].map((edit) => ({ message: { version: edit + 1, content: { text: `edit ${edit}` } } })),
    );
  });

  it.each(['batch', 'send'] as const)(
    'as a batch and a send, the %s first: both are counted (interleaving 18)',
    async (first) => {
      const chat = await world.newChat();
      const contact = await world.contactOf(chat);
      const batch = (through: Database): Promise<unknown> => write(through, [contact]);
      const send = (through: Database): Promise<unknown> => world.send(chat, {}, through);
      const [one, other] = ({ batch: [batch, send], send: [send, batch] } as const)[first];
      await meetAtCommit(world.database, one, other);
      expect(await rowOf(chat)).toMatchObject({ message_count: 3, unread_count: 2 });
    },
  );

  it.each([
    ['batch', { message_count: 2, unread_count: 0 }],
    ['mark-read', { message_count: 2, unread_count: 1 }],
  ] as const)(
    'as a batch and a mark-read, the %s first: the later one counts (interleaving 28)',
    async (first, row) => {
      const chat = await world.newChat();
      const contact = await world.contactOf(chat);
      const batch = (through: Database): Promise<unknown> => write(through, [contact]);
      const read = (through: Database): Promise<unknown> =>
        through.transaction((sql) => markRead(workspace, sql, { log: world.log, rules: world.rules() }, chat));
      const [one, other] = ({ batch: [batch, read], 'mark-read': [read, batch] } as const)[first];
      await meetAtCommit(world.database, one, other);
      expect(await rowOf(chat)).toMatchObject(row);
    },
  );

  it('as batches that name them in two orders: nobody waits for ever (interleaving 11)', async () => {
    const chats = (await Promise.all([world.newChat(), world.newChat(), world.newChat()])).toSorted();
    const contacts = await Promise.all(chats.map((chat) => world.contactOf(chat)));
    const { database, runs } = counted(world.database);
    let batches: Promise<unknown>[] = [];
    await world.database.transaction(async (sql) => {
      // both have had the time to lock all that comes before it
      await sql.query('select from conversations where id = $1 for update', [chats[1]]);
      batches = [write(database, contacts), write(database, contacts.toReversed())];
      await untilBlocked(world.database, 2);
    });
    await Promise.all(batches);
    expect(runs()).toBe(2);
    for (const chat of chats) expect(await rowOf(chat)).toMatchObject({ message_count: 3, unread_count: 3 });
  });
});
