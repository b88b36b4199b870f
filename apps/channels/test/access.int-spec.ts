import { apiKeyStore } from '#libs/database';
import { conversationId, uuid7, type Channel } from '#libs/messaging';
import { createApiKey, hashApiKey } from '#libs/security';
import { expectProblem, type Answer } from '../../../test/harness/answer.js';
import { ParleyClient } from '../../../test/harness/parley.client.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import type { ApiScope } from '../src/auth/scope.js';
import { StartedChannels, type Workspace } from './started-channels.js';

const calls: readonly (readonly [string, ApiScope])[] = [
  ['channels.facebook.connect', 'channels.write'],
  ['channels.facebook.disconnect', 'channels.write'],
  ['channels.facebook.explore', 'channels.read'],
  ['channels.info', 'channels.read'],
  ['channels.list', 'channels.read'],
  ['channels.update', 'channels.write'],
  ['conversations.list', 'conversations.read'],
  ['conversations.info', 'conversations.read'],
  ['messages.list', 'conversations.read'],
  ['messages.info', 'conversations.read'],
  ['messages.send', 'messages.send'],
];
const unknownId = '0190a6c0-0000-7000-8000-000000000000';

describe('calls', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let channel: Channel;
  let conversation: string;
  let message: string;

  const call = (name: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    workspace.client.call(name, body, headers);
  const content = { type: 'text', text: 'x' };

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
    channel = await workspace.client.connect({ page_id: '7', page_token: 'page-7' });
    conversation = conversationId(channel.id, 'ana');
    await started.record(channel, workspace.id, [{ contact: 'ana', mid: 'm_1', text: 'hi', at: new Date() }]);
    message = (await workspace.client.messageByMid(channel.id, 'm_1')).id;
  });

  afterAll(() => started.stop());

  describe('let in by their key', () => {
    it('the stream needs stream.read', async () => {
      const client = await workspace.withScopes('messages.send');
      const headers = { authorization: `Bearer ${client.key}` };
      expectProblem(await client.raw('/stream', { method: 'GET', headers }), 403, 'scope_missing');
      expectProblem(await client.raw('/stream', { method: 'GET' }), 401, 'unauthorized');
    });

    it('a key counts from its making, and no longer than its life', async () => {
      const { database } = started.platform;
      const key = createApiKey();
      const client = new ParleyClient(workspace.client.url, key);
      expectProblem(await client.call('channels.list', {}), 401, 'unauthorized');
      const { id } = await apiKeyStore.insert(workspace.id, database, {
        id: uuid7(Date.now()),
        name: 'short',
        key_sha256: hashApiKey(key),
        scopes: ['channels.read'],
        rate_limit: null,
        expires_at: null,
      });
      expect((await client.call('channels.list', {})).status).toBe(200);
      await apiKeyStore.revoke(workspace.id, database, id);
      await waitFor(
        'the key to be refused',
        async () => (await client.call('channels.list', {})).status === 401,
        2_000,
      );
      expectProblem(await client.call('channels.list', {}), 401, 'unauthorized');
    });
  });

  it('nothing of one workspace is found by another', async () => {
    const { client } = await started.addWorkspace();
    const answers = await Promise.all([
      client.call('conversations.info', { conversation_id: conversation }),
      client.call('messages.list', { conversation_id: conversation }),
      client.call('messages.info', { message_id: message }),
      client.call('messages.info', { channel_id: channel.id, source_message_id: 'm_1', include: ['raw'] }),
      client.call('messages.send', { conversation_id: conversation, content }),
      client.call('messages.send', { channel_id: channel.id, source_recipient_id: 'ana', content }),
    ]);
    for (const answer of answers) expectProblem(answer, 404, 'not_found');
    expect(await client.channels()).toEqual([]);
    const taken = await client.call('channels.facebook.connect', { page_id: '7', page_token: 'page-7' });
    expectProblem(taken, 409, 'page_taken');
    const own = await client.connect({ page_id: '70', page_token: 'page-70' });
    const foreign = { channel_id: own.id, source_recipient_id: 'ana', content, reply_to: { message_id: message } };
    expectProblem(await client.call('messages.send', foreign), 404, 'not_found');
    expect((await workspace.client.messages(conversation)).pagination_data.total).toBe(1);
  });

  it('ids that can’t be ours are not found', async () => {
    const odd = ['abc', '', `${conversation}'--`, conversation.toUpperCase(), 'x'.repeat(10_000)];
    for (const id of odd) {
      expectProblem(await call('conversations.info', { conversation_id: id }), 404, 'not_found');
      expectProblem(await call('messages.info', { message_id: id }), 404, 'not_found');
      expectProblem(await call('messages.send', { conversation_id: id, content }), 404, 'not_found');
    }
  });

  describe('refuse what is malformed, naming each field once', () => {
    it.each<[string, object, string[]]>([
      ['channels.facebook.connect', {}, ['page_id', 'page_token']],
      ['channels.list', { source: 5, include_disconnected: 'yes' }, ['include_disconnected', 'source']],
      ['conversations.list', { cursor: 5, page_size: '5' }, ['cursor', 'page_size']],
      ['conversations.list', { page_size: 0 }, ['page_size']],
      ['conversations.list', { page_size: 1.5 }, ['page_size']],
      ['conversations.list', { page_size: [] }, ['page_size']],
      ['conversations.info', {}, ['conversation_id']],
      ['messages.list', { conversation_id: [] }, ['conversation_id']],
      ['messages.info', { message_id: 5, include: 'raw' }, ['include', 'message_id']],
      ['messages.info', { include: ['secrets'] }, ['include']],
      ['messages.send', { sender: 'me', message: 'x', metadata: [] }, ['message', 'metadata', 'sender']],
      ['messages.send', { sender: [], reply_to: [] }, ['reply_to', 'sender']],
      [
        'messages.send',
        { sender: { type: 'robot' }, reply_to: { message_id: 5 } },
        ['reply_to.message_id', 'sender.type'],
      ],
      ['messages.send', { conversation_id: 5, channel_id: 5, tag: 5 }, ['channel_id', 'conversation_id', 'tag']],
      ['messages.send', { source_recipient_id: '', recipient: [] }, ['recipient', 'source_recipient_id']],
      ['messages.send', { source_recipient_id: 'x'.repeat(513) }, ['source_recipient_id']],
      ['messages.send', { conversation_id: unknownId, content: 'x' }, ['content']],
      ['messages.send', { conversation_id: unknownId, content: { text: 'x' } }, ['content.type']],
      ['messages.send', { conversation_id: unknownId, content: { type: 'hologram' } }, ['content.type']],
      ['messages.send', { conversation_id: unknownId, content: { type: 'text' } }, ['content.text']],
      ['messages.send', { conversation_id: unknownId, content: { type: 'text', text: 'x', a: 1 } }, ['content.a']],
    ])('%s %j', async (name, body, fields) => {
      const { errors = [] } = expectProblem(await call(name, body), 400, 'invalid_request');
      expect(errors.map(({ field }) => field).sort()).toEqual(fields);
    });

    it.each([
      ['conversations.list', { filters: 'display_name:Ana' }, 'filter_unsupported'],
      ['messages.info', {}, 'invalid_request'],
      ['messages.send', { content }, 'invalid_request'],
    ])('%s %j is %s', async (name, body, code) => {
      expectProblem(await call(name, body), 400, code);
    });
  });

  it.each(calls)('%s is a POST with a JSON object', async (name) => {
    const headers = { authorization: `Bearer ${workspace.client.key}` };
    expectProblem(await workspace.client.raw(`/${name}`, { method: 'GET', headers }), 405, 'method_not_allowed');
    expectProblem(await call(name, '{}', { 'content-type': 'text/plain' }), 415, 'media_type_unsupported');
    expectProblem(await call(name, '[]'), 400, 'invalid_request');
    expect([200, 400]).toContain((await call(name, '', { 'content-type': 'text/plain' })).status);
  });

  it('unknown fields are ignored, whatever their names, and null is absent', async () => {
    const odd = {
      constructor: 1,
      toString: 2,
      x: [{ constructor: 'Opel' }, { constructor: { y: null } }],
      source: null,
    };
    expect((await call('channels.list', odd)).status).toBe(200);
    expect((await call('conversations.list', { cursor: null, page_size: null, filters: null })).status).toBe(200);
  });

  describe('messages.send', () => {
    const send = (body: object): Promise<Answer> => call('messages.send', { conversation_id: conversation, ...body });

    it('keeps what the caller says, and makes it storable', async () => {
      const metadata = { ticket: 77, constructor: 'Opel', nul: 'a\u0000b' };
      const answer = await send({
        content: { type: 'text', text: 'a\u0000b' },
        metadata,
        sender: { type: 'bot', id: 'b' },
      });
      expect(JSON.parse(answer.text)).toMatchObject({
        content: { type: 'text', text: 'a\uFFFDb' },
        metadata: { ticket: 77, constructor: 'Opel', nul: 'a\uFFFDb' },
        sender_type: 'bot',
        sender: { id: 'b', name: null, avatar_url: null },
        state: 'pending',
      });
    });

    it('names the key when nobody else is named', async () => {
      const { sender, sender_type: type } = await workspace.client.sendText(conversation, 'by the key');
      expect({ type, name: sender.name }).toEqual({ type: 'agent', name: 'Inbox' });
    });

    it('keeps the message in the source’s own words for the sender', async () => {
      const own = { text: 'own words', metadata: 'mine', constructor: 'x' };
      const said = { message: own, tag: 'HUMAN_AGENT', sender: { type: 'agent' } };
      const { id } = await workspace.client.send({ conversation_id: conversation, ...said });
      const [row] = await started.platform.database.query('select outbound from messages where id = $1', [id]);
      const requestId: unknown = expect.any(String);
      expect(row).toEqual({ outbound: { message: own, tag: 'HUMAN_AGENT', isFromPerson: true, requestId } });
    });

    it('begins the conversation of a contact who has not written', async () => {
      const to = { channel_id: channel.id, recipient: { id: 'new' }, content };
      const answer = await workspace.client.send(to);
      expect(answer.conversation_id).toBe(conversationId(channel.id, 'new'));
      const { data } = await workspace.client.messages(answer.conversation_id);
      expect(data).toEqual([answer]);
    });

    it('replies to a message that the source knows', async () => {
      const reply = await workspace.client.send({
        conversation_id: conversation,
        content,
        reply_to: { message_id: message },
      });
      expect(reply.reply_to).toEqual({ message_id: message, source_message_id: 'm_1' });
    });

    it.each([
      [
        'more text than one message holds',
        { content: { type: 'text', text: 'x'.repeat(2_000) } },
        'content_not_sendable',
      ],
      ['the same in the source’s words', { message: { text: 'x'.repeat(2_000) } }, 'limit_exceeded'],
      [
        'metadata that leaves no room for ours',
        { message: { text: 'x', metadata: 'x'.repeat(990) } },
        'limit_exceeded',
      ],
    ])('refuses %s', async (_, body, code) => {
      expectProblem(await send(body), 422, code);
    });

    it('refuses a receiver in a form that can’t be sent to yet (interleaving 29)', async () => {
      const to = { channel_id: channel.id, recipient: { user_ref: 'r' }, content };
      expectProblem(await call('messages.send', to), 422, 'content_not_sendable');
    });
  });

  it('no secret is in any log line', () => {
    const secrets = [workspace.client.key, 'page-7', 'canary'];
    expect(started.lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  });
});
