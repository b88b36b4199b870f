import { conversationId, type Channel, type Conversation } from '#libs/messaging';
import { expectProblem, type Answer } from '../../../test/harness/answer.js';
import { at } from '../../../test/harness/only.js';
import { Announcements } from './announcements.js';
import { StartedChannels, type Workspace } from './started-channels.js';
import type { Text } from './text-event.js';

const start = Date.parse('2026-01-01T12:00:00.000Z');
const nobody = '0190a6c0-0000-7000-8000-000000000001';

describe('conversations', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let other: Workspace;
  let channel: Channel;
  let chats = 0;

  const call = (name: string, body: object): Promise<Answer> => workspace.client.call(name, body);
  const textAt = (contact: string, second: number): Text => ({
    contact,
    text: `at ${second}`,
    mid: `m_${contact}_${second}`,
    at: new Date(start + second * 1_000),
  });
  const receive = (contact: string, ...seconds: number[]): Promise<void> =>
    started.record(
      channel,
      workspace.id,
      seconds.map((second) => textAt(contact, second)),
    );
  const newChat = async (...seconds: number[]): Promise<{ contact: string; id: string; told: Announcements }> => {
    chats += 1;
    const contact = `contact-${chats}`;
    await receive(contact, ...seconds);
    const id = conversationId(channel.id, contact);
    const told = new Announcements(started.platform.database, id);
    await told.fresh();
    return { contact, id, told };
  };
  const unreadOf = async (id: string): Promise<number> =>
    (await workspace.client.conversation(id)).metadata.unread_count;
  const done = async (answer: Promise<Answer>): Promise<void> => {
    expect(await answer).toMatchObject({ status: 204, text: '' });
  };

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
    other = await started.addWorkspace();
    channel = await workspace.client.connect({ page_id: '7', page_token: 'page-7' });
  });

  afterAll(() => started.stop());

  describe.each(['conversations.mark-read', 'conversations.set-state', 'conversations.remove-state'])('%s', (name) => {
    it('is 404 for what is not there, or is another workspace’s', async () => {
      const { id } = await newChat(1);
      const body = { conversation_id: id, state: 'OPEN' };
      expectProblem(await call(name, { ...body, conversation_id: nobody }), 404, 'not_found');
      expectProblem(await call(name, { ...body, conversation_id: 'no id at all' }), 404, 'not_found');
      expectProblem(await other.client.call(name, body), 404, 'not_found');
    });

    it('is 400 without a conversation, and 403 for a key that may only read', async () => {
      expectProblem(await call(name, { state: 'OPEN' }), 400, 'invalid_request');
      const reader = await workspace.withScopes('conversations.read', 'messages.send', 'channels.write');
      expectProblem(await reader.call(name, { conversation_id: nobody, state: 'OPEN' }), 403, 'scope_missing');
    });
  });

  describe('conversations.mark-read', () => {
    it('leaves nothing unread, and says so once', async () => {
      const { id, told } = await newChat(1, 2, 3);
      expect(await unreadOf(id)).toBe(3);
      await done(call('conversations.mark-read', { conversation_id: id }));
      const shown = await workspace.client.conversation(id);
      expect(shown.metadata.unread_count).toBe(0);
      expect((await told.fresh()).map(({ type, payload }) => ({ type, payload }))).toEqual([
        { type: 'conversation.updated', payload: shown },
      ]);
      await done(call('conversations.mark-read', { conversation_id: id }));
      expect(await told.fresh()).toEqual([]);
      expect((await workspace.client.conversation(id)).version).toBe(shown.version);
    });

    it('counts what comes after it, and not what was sent before and comes late (interleaving 28)', async () => {
      const { id, contact } = await newChat(10);
      await done(call('conversations.mark-read', { conversation_id: id }));
      await receive(contact, 5);
      expect(await unreadOf(id)).toBe(0);
      await receive(contact, 11);
      expect(await unreadOf(id)).toBe(1);
    });

    it('loses no message that arrives at the same moment (interleaving 28)', async () => {
      const { id, contact } = await newChat(0);
      const seconds = Array.from({ length: 40 }, (_, index) => index + 1);
      const arrivals = seconds.map((second) => receive(contact, second));
      const readings = seconds.map(() => done(call('conversations.mark-read', { conversation_id: id })));
      await Promise.all([...arrivals, ...readings]);
      await receive(contact, 100, 101);
      const [row] = await started.platform.database.query<{ shown: number; counted: number }>(
        `select unread_count as shown, (select count(*)::integer from messages m where m.conversation_id = c.id
           and (m.sent_at, m.id) > (c.read_up_to_sent_at, c.read_up_to_id)) as counted from conversations c where id = $1`,
        [id],
      );
      expect(row).toEqual({ shown: row?.counted, counted: expect.any(Number) as number });
      expect(row?.shown).toBeGreaterThanOrEqual(2);
    });
  });

  describe('conversations.set-state and .remove-state', () => {
    const stateOf = async (id: string): Promise<Conversation['metadata']['state']> =>
      (await workspace.client.conversation(id)).metadata.state;

    it.each([
      ['conversations.set-state', 'conversations.remove-state'],
      ['conversations.setState', 'conversations.removeState'],
    ])('%s and %s give and take a state, and say each change once', async (set, remove) => {
      const { id, told } = await newChat(1);
      for (let times = 0; times < 2; times += 1)
        await done(call(set, { conversation_id: id, state: 'waiting for Ana' }));
      const given = await workspace.client.conversation(id);
      expect(given.metadata.state).toBe('waiting for Ana');
      for (let times = 0; times < 2; times += 1) await done(call(remove, { conversation_id: id }));
      const taken = await workspace.client.conversation(id);
      expect(taken.metadata).not.toHaveProperty('state');
      expect((await told.fresh()).map(({ type, payload }) => ({ type, payload }))).toEqual([
        { type: 'conversation.updated', payload: given },
        { type: 'conversation.updated', payload: taken },
      ]);
    });

    it.each(['O', 'x'.repeat(64), '😢'.repeat(64), 'offen für Übersee'])('takes the state %j', async (state) => {
      const { id } = await newChat(1);
      await done(call('conversations.set-state', { conversation_id: id, state }));
      expect(await stateOf(id)).toBe(state);
    });

    it.each(['', 'x'.repeat(65), 5, true, ['OPEN'], { a: 1 }, null])('refuses the state %j', async (state) => {
      const { id, told } = await newChat(1);
      const problem = expectProblem(
        await call('conversations.set-state', { conversation_id: id, state }),
        400,
        'invalid_request',
      );
      expect(problem.errors).toEqual([expect.objectContaining({ field: 'state' })]);
      expect(await told.fresh()).toEqual([]);
    });
  });

  describe('metadata.upsert', () => {
    const upsert = (subject: string, id: string, data: unknown): Promise<Answer> =>
      call('metadata.upsert', { subject, id, data });
    const dataOf = async (id: string): Promise<unknown> => (await workspace.client.conversation(id)).metadata.user_data;

    it('merges deeply into a conversation, and null removes', async () => {
      const { id, told } = await newChat(1);
      await done(upsert('conversation', id, { crm: { id: 7, tags: ['a'], nested: { x: 1 } }, note: 'ü' }));
      await done(upsert('conversation', id, { crm: { tags: ['b'], nested: { y: 2, x: null } }, note: null }));
      const shown = await workspace.client.conversation(id);
      expect(shown.metadata.user_data).toEqual({ crm: { id: 7, tags: ['b'], nested: { y: 2 } } });
      const updates = await told.fresh();
      expect(updates.map(({ type }) => type)).toEqual(['conversation.updated', 'conversation.updated']);
      expect(at(updates, 1).payload).toEqual(shown);
      await done(upsert('conversation', id, { crm: { id: 7 } }));
      await done(upsert('conversation', id, {}));
      expect(await told.fresh()).toEqual([]);
    });

    it('shows the data of a message beside its other metadata', async () => {
      const { id, told } = await newChat(1, 2);
      const [newest, oldest] = (await workspace.client.messages(id)).data.map((message) => message.id) as [
        string,
        string,
      ];
      for (const message of [newest, oldest]) {
        await done(upsert('message', message, { score: 0.5 }));
        const shown = await workspace.client.message(message);
        expect(shown).toMatchObject({ version: 2, metadata: { user_data: { score: 0.5 } } });
        expect((await told.fresh()).map(({ type, payload }) => ({ type, payload }))).toEqual([
          { type: 'message.updated', payload: { conversation_id: id, channel_id: channel.id, message: shown } },
        ]);
      }
      await done(upsert('message', newest, { score: null }));
      expect((await workspace.client.message(newest)).metadata).toEqual({});
    });

    it('keeps a message’s data and what its sender gave it apart', async () => {
      const { id } = await newChat(1);
      const sent = await workspace.client.send({
        channel_id: channel.id,
        source_recipient_id: 'c',
        message: { text: 'x' },
        metadata: { ticket: 7 },
      });
      await done(upsert('message', sent.id, { ticket: 8 }));
      expect((await workspace.client.message(sent.id)).metadata).toEqual({ ticket: 7, user_data: { ticket: 8 } });
      expect(await dataOf(id)).toBeUndefined();
    });

    it('merges into a channel', async () => {
      const told = new Announcements(started.platform.database, channel.id);
      await told.fresh();
      await done(upsert('channel', channel.id, { team: 'blue' }));
      await done(upsert('channel', channel.id, { team: 'blue' }));
      const shown = await workspace.client.channel(channel.id);
      expect(shown.metadata).toEqual({ ...channel.metadata, user_data: { team: 'blue' } });
      expect((await told.fresh()).map(({ type, payload }) => ({ type, payload }))).toEqual([
        { type: 'channel.updated', payload: shown },
      ]);
    });

    it.each(['message', 'conversation', 'channel'])(
      'is 404 for a %s that is not there, or is another’s',
      async (subject) => {
        const { id } = await newChat(1);
        const message = at((await workspace.client.messages(id)).data, 0).id;
        const ids = new Map([
          ['message', message],
          ['conversation', id],
          ['channel', channel.id],
        ]);
        const body = { subject, id: ids.get(subject), data: { a: 1 } };
        expectProblem(await call('metadata.upsert', { ...body, id: nobody }), 404, 'not_found');
        expectProblem(await call('metadata.upsert', { ...body, id: 'x' }), 404, 'not_found');
        expectProblem(await other.client.call('metadata.upsert', body), 404, 'not_found');
      },
    );

    it.each([
      ['subject', { subject: 'workspace', id: nobody, data: {} }],
      ['subject', { id: nobody, data: {} }],
      ['id', { subject: 'message', data: {} }],
      ['data', { subject: 'message', id: nobody }],
      ['data', { subject: 'message', id: nobody, data: [1] }],
      ['data', { subject: 'message', id: nobody, data: 'text' }],
      ['data', { subject: 'message', id: nobody, data: null }],
    ])('is 400 for a wrong %s', async (field, body) => {
      const problem = expectProblem(await call('metadata.upsert', body), 400, 'invalid_request');
      expect(problem.errors).toEqual([expect.objectContaining({ field })]);
    });

    it('needs channels.write for a channel', async () => {
      const { id } = await newChat(1);
      const writer = await workspace.withScopes('conversations.write');
      const answer = await writer.call('metadata.upsert', { subject: 'channel', id: channel.id, data: { a: 1 } });
      expectProblem(answer, 403, 'scope_missing');
      await done(writer.call('metadata.upsert', { subject: 'conversation', id, data: { a: 1 } }));
    });

    it('is 422 when the result is over 16 KiB, and changes nothing', async () => {
      const { id } = await newChat(1);
      // {"a":"…"} and {"a":"…","b":"…"} of exactly 16,384 bytes
      await done(upsert('conversation', id, { a: 'x'.repeat(8_000) }));
      await done(upsert('conversation', id, { b: 'y'.repeat(16_384 - 8_000 - '{"a":"","b":""}'.length) }));
      const before = await dataOf(id);
      const problem = expectProblem(await upsert('conversation', id, { c: 1 }), 422, 'limit_exceeded');
      expect(problem.errors).toEqual([expect.objectContaining({ field: 'data' })]);
      expect(await dataOf(id)).toEqual(before);
      await done(upsert('conversation', id, { a: null, c: 1 }));
    });

    it('is not harmed by names that JavaScript gives a meaning', async () => {
      const { id } = await newChat(1);
      await done(upsert('conversation', id, { constructor: { name: 'x' }, toString: 'y' }));
      await done(upsert('conversation', id, { constructor: { also: 1 } }));
      expect(await dataOf(id)).toEqual({ constructor: { name: 'x', also: 1 }, toString: 'y' });
      const poisoned = `{"subject":"conversation","id":"${id}","data":{"__proto__":{"polluted":1}}}`;
      expectProblem(await workspace.client.call('metadata.upsert', poisoned), 400, 'invalid_request');
      expect({}).not.toHaveProperty('polluted');
      expect(await dataOf(id)).toEqual({ constructor: { name: 'x', also: 1 }, toString: 'y' });
    });

    it.each(['conversation', 'channel'])('loses none of many upserts at once of a %s', async (subject) => {
      const { id } = await newChat(1);
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
      const target = new Map([
        ['conversation', id],
        ['channel', channel.id],
      ]).get(subject);
      await Promise.all(keys.map((key) => done(upsert(subject, String(target), { many: { [key]: 1 } }))));
      const shown = new Map<string, unknown>([
        ['conversation', await dataOf(id)],
        ['channel', (await workspace.client.channel(channel.id)).metadata['user_data']],
      ]).get(subject);
      expect(shown).toMatchObject({ many: Object.fromEntries(keys.map((key) => [key, 1])) });
    });
  });
});
