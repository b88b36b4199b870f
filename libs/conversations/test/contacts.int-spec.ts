import { ContactWorld, found, later } from './contact-world.js';
import { SendingWorld } from './sending-world.js';

const WEEK_S = 7 * 86_400;

describe('contacts', () => {
  let world: SendingWorld;
  let contacts: ContactWorld;

  beforeAll(async () => {
    world = await SendingWorld.open();
    contacts = new ContactWorld(world);
  });
  beforeEach(() => contacts.forgetAll());
  afterAll(() => world.close());

  const typesTold = async (chat: string): Promise<string[]> => (await world.look.told(chat)).map(({ type }) => type);

  it('are asked for from their first message on, and announced once they have a name', async () => {
    const chat = await world.newChat();
    const due = await contacts.claimOnly();
    expect(due).toMatchObject({ id: chat, contact_tries: 1 });
    const { version } = await contacts.row(chat);
    await contacts.settle(due, { kind: 'found', contact: { display_name: 'Ana Lima', avatar_url: 'https://x/a' } });
    const told = await world.look.told(chat);
    expect(told.map(({ type }) => type)).toEqual(['conversation.created', 'message.created', 'conversation.updated']);
    expect(told.at(-1)?.payload).toMatchObject({
      version: version + 1,
      metadata: { contact: { display_name: 'Ana Lima', avatar_url: 'https://x/a', fetch_state: 'ok' } },
      last_message: { sender: { name: 'Ana Lima', avatar_url: 'https://x/a' } },
    });
    expect(await contacts.row(chat)).toMatchObject({ version: version + 1, contact_due_at: null, contact_tries: 0 });
    expect(await contacts.claim()).toEqual([]);
  });

  it('are not announced when nothing visible has changed', async () => {
    const chat = await world.newChat();
    await contacts.settle(await contacts.claimOnly(), found('Ana'));
    await contacts.pass(WEEK_S + 1);
    await world.receive(await world.contactOf(chat), new Date());
    const before = await contacts.row(chat);
    await contacts.settle(await contacts.claimOnly(), found('Ana'));
    expect(await typesTold(chat)).toEqual([
      'conversation.created',
      'message.created',
      'conversation.updated',
      'message.created',
    ]);
    expect(await contacts.row(chat)).toMatchObject({ version: before.version, contact_due_at: null });
    expect(await contacts.fetchedAgo(chat)).toBeLessThan(WEEK_S);
  });

  it.each([
    ['is over', WEEK_S + 5, true],
    ['is not over', WEEK_S - 5, false],
  ])('who write again when the week %s are due: %#', async (_name, seconds, isDue) => {
    const chat = await world.newChat();
    await contacts.settle(await contacts.claimOnly(), found('Ana'));
    await contacts.pass(seconds);
    expect(await contacts.claim()).toEqual([]);
    await world.receive(await world.contactOf(chat), new Date());
    expect((await contacts.claim()).map(({ id }) => id)).toEqual([chat].filter(() => isDue));
  });

  it('keep what is known of them when the source refuses, and say so', async () => {
    const chat = await world.newChat();
    await contacts.settle(await contacts.claimOnly(), found('Ana'));
    await contacts.pass(WEEK_S + 1);
    await world.receive(await world.contactOf(chat), new Date());
    await contacts.settle(await contacts.claimOnly(), { kind: 'unavailable', reason: 'x' });
    expect((await contacts.row(chat)).contact).toEqual({ display_name: 'Ana', fetch_state: 'failed' });
    expect((await typesTold(chat)).at(-1)).toBe('conversation.updated');
    expect(await contacts.dueIn(chat)).toBeNull();
  });

  it('are shown by their fallback name when the source refuses from the start', async () => {
    const chat = await world.newChat();
    const contact = await world.contactOf(chat);
    await contacts.settle(await contacts.claimOnly(), { kind: 'unavailable', reason: 'x' });
    expect((await world.look.told(chat)).at(-1)?.payload).toMatchObject({
      metadata: { contact: { display_name: `Facebook ${contact.slice(-5)}`, fetch_state: 'failed' } },
    });
  });

  it('are claimed once by senders that look at the same moment', async () => {
    const chats = await Promise.all(Array.from({ length: 12 }, () => world.newChat()));
    const claims = await Promise.all([contacts.claim(5), contacts.claim(5), contacts.claim(5), contacts.claim(5)]);
    const rest = await contacts.claim(12);
    const ids = [...claims.flat(), ...rest].map(({ id }) => id);
    expect(ids.sort()).toEqual(chats.sort());
  });

  it('are claimed without waiting for who holds a conversation', async () => {
    const held = await world.newChat();
    const free = await world.newChat();
    await world.database.transaction(async (sql) => {
      await sql.query('select id from conversations where id = $1 for update', [held]);
      expect((await contacts.claim()).map(({ id }) => id)).toEqual([free]);
    });
    expect((await contacts.claim()).map(({ id }) => id)).toEqual([held]);
  });

  it('are asked for newest first', async () => {
    const old = await world.newChat();
    await contacts.pass(60);
    const young = await world.newChat();
    expect((await contacts.claim(1)).map(({ id }) => id)).toEqual([young]);
    expect((await contacts.claim(1)).map(({ id }) => id)).toEqual([old]);
  });

  it('are claimed again when a claim ends without an answer, and the older answer counts no more', async () => {
    const chat = await world.newChat();
    const first = await contacts.claimOnly();
    expect(await contacts.dueIn(chat)).toBeCloseTo(30, 0);
    await contacts.pass(31);
    const second = await contacts.claimOnly();
    await contacts.settle(first, found('Old'));
    await contacts.settle(first, later());
    expect(await contacts.dueIn(chat)).toBeGreaterThan(25);
    await contacts.settle(second, found('New'));
    await contacts.settle(first, found('Old'));
    await contacts.settle(first, { kind: 'unavailable', reason: 'x' });
    expect((await contacts.row(chat)).contact).toEqual({ display_name: 'New', fetch_state: 'ok' });
    expect((await typesTold(chat)).filter((type) => type === 'conversation.updated')).toHaveLength(1);
  });

  it('are asked for later and later', async () => {
    const chat = await world.newChat();
    const delays: number[] = [];
    for (let tries = 1; tries <= 4; tries += 1) {
      await contacts.settle(await contacts.claimOnly(), later());
      delays.push(Number(await contacts.dueIn(chat)));
      expect(await contacts.claim()).toEqual([]);
      await contacts.pass(60);
    }
    // 2, 4, 8 and 16 s, a quarter more or less
    expect(delays.map((delay, index) => delay / 2 ** (index + 1))).toEqual(
      delays.map(() => expect.closeTo(1, 0) as number),
    );
    expect((await contacts.row(chat)).contact).toEqual({});
    expect(await typesTold(chat)).toEqual(['conversation.created', 'message.created']);
  });

  it('of one page all wait for its limit', async () => {
    await world.newChat();
    const due = await contacts.claimOnly();
    const other = await world.newChat();
    await contacts.settle(due, later({ delayMs: 180_000, isWholeChannel: true }));
    expect(await contacts.pausedFor()).toBeCloseTo(180, 0);
    expect(await contacts.claim()).toEqual([]);
    await contacts.settle(due, later({ delayMs: 5_000, isWholeChannel: true }));
    expect(await contacts.pausedFor()).toBeGreaterThan(170);
    await contacts.pass(181);
    expect((await contacts.claim()).map(({ id }) => id).sort()).toEqual([due.id, other].sort());
  });

  it('of a page whose token is refused wait for its connection, which is told once', async () => {
    await world.newChat();
    const other = await world.newChat();
    const claims = await contacts.claim();
    for (const due of claims) await contacts.settle(due, { kind: 'reauth', reason: '190/460' });
    expect(claims).toHaveLength(2);
    expect(await world.look.channel()).toMatchObject({ health_state: 'reauth_required', health_reason: '190/460' });
    expect(await typesTold(world.channelId)).toEqual(['channel.updated']);
    expect(await contacts.claim()).toEqual([]);
    await contacts.connectAgain();
    expect((await contacts.claim()).map(({ id }) => id)).toContain(other);
  });

  it('of a disconnected page are not asked for', async () => {
    await world.newChat();
    await contacts.disconnect();
    expect(await contacts.claim()).toEqual([]);
    await contacts.connectAgain();
    expect(await contacts.claim()).toHaveLength(1);
  });
});
