import type { Channel, Conversation, Message } from '#libs/messaging';
import { conversationId } from '#libs/messaging';
import { expectProblem } from '../../../test/harness/answer.js';
import { at, present } from '../../../test/harness/only.js';
import type { Page } from '../../../test/harness/parley.client.js';
import { StartedChannels, type Workspace } from './started-channels.js';
import type { Text } from './text-event.js';

const start = Date.parse('2026-01-01T12:00:00.000Z');
const contacts = ['ana', 'ben', 'cem', 'dea', 'eva'];

describe('lists', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let channel: Channel;
  let long: string;
  let second = 0;

  const textFrom = (contact: string, text: string): Text => {
    second += 1;
    return { contact, text, mid: `m_${second}`, at: new Date(start + second * 1_000) };
  };
  const textsOf = (page: Page<Message>): unknown[] => page.data.map(({ content }) => 'text' in content && content.text);
  const contactsOf = (page: Page<Conversation>): string[] => page.data.map((row) => row.source_contact_id);

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
    channel = await workspace.client.connect({ page_id: '7', page_token: 'page-7' });
    long = conversationId(channel.id, 'ana');
    const texts = Array.from({ length: 25 }, (_, index) => textFrom('ana', `text ${index + 1}`));
    await started.record(channel, workspace.id, [...texts, ...contacts.slice(1).map((name) => textFrom(name, 'hi'))]);
  });

  afterAll(() => started.stop());

  it('channels.list shows connected channels, with when they were last heard of, and no token', async () => {
    const last = '2026-01-02T00:00:00.000Z';
    await started.platform.database.query('insert into channel_activity values ($1, $2, $3)', [
      channel.id,
      workspace.id,
      last,
    ]);
    const answer = await workspace.client.call('channels.list', { source: 'facebook' });
    expect(JSON.parse(answer.text)).toEqual({
      data: [{ ...channel, health: { ...channel.health, last_event_at: last } }],
    });
    expect(answer.text).not.toContain('page-7');
    const other = await workspace.client.call('channels.list', { source: 'fa\u0000x' });
    expect(JSON.parse(other.text)).toEqual({ data: [] });
  });

  it('messages.list goes to the oldest and back', async () => {
    const pages = [await workspace.client.messages(long, { page_size: 10 })];
    pages.push(await workspace.client.messages(long, { page_size: 10, cursor: nextOf(at(pages, 0)) }));
    pages.push(await workspace.client.messages(long, { page_size: 10, cursor: nextOf(at(pages, 1)) }));
    expect(pages.flatMap(textsOf)).toEqual(Array.from({ length: 25 }, (_, index) => `text ${25 - index}`));
    expect(pages.map(({ pagination_data: { total } }) => total)).toEqual([25, 25, 25]);
    expect(at(pages, 0).pagination_data.previous_cursor).toBeNull();
    expect(at(pages, 2).pagination_data.next_cursor).toBeNull();

    const back = await workspace.client.messages(long, { page_size: 10, cursor: previousOf(at(pages, 2)) });
    const first = await workspace.client.messages(long, { page_size: 10, cursor: previousOf(back) });
    expect([back, first].map(textsOf)).toEqual([textsOf(at(pages, 1)), textsOf(at(pages, 0))]);
    expect(first.pagination_data.previous_cursor).toBeNull();
  });

  it('conversations.list has the newest last message first, and follows when one moves', async () => {
    const first = await workspace.client.conversations({ page_size: 2 });
    expect(contactsOf(first)).toEqual(['eva', 'dea']);
    const next = await workspace.client.conversations({ page_size: 2, cursor: nextOf(first) });
    expect(contactsOf(next)).toEqual(['cem', 'ben']);
    expect(next.pagination_data.total).toBe(5);

    await started.record(channel, workspace.id, [textFrom('dea', 'again')]);
    const back = await workspace.client.conversations({ page_size: 2, cursor: previousOf(next) });
    expect(contactsOf(back)).toEqual(['dea', 'eva']);
    expect(back.pagination_data.previous_cursor).toBeNull();
    expect(contactsOf(await workspace.client.conversations({ page_size: 2, cursor: nextOf(back) }))).toEqual([
      'cem',
      'ben',
    ]);
  });

  it('conversations.info shows the channel, the last message, what is unread and the window', async () => {
    const conversation = await workspace.client.conversation(long);
    expect(conversation).toMatchObject({
      id: long,
      source_contact_id: 'ana',
      channel: { id: channel.id, metadata: { name: 'Page 7' } },
      last_message: { content: { type: 'text', text: 'text 25' }, sent_at: '2026-01-01T12:00:25.000Z' },
      metadata: { unread_count: 25, contact: { display_name: 'Facebook ana' } },
      window: { closes_at: '2026-01-02T12:00:25.000Z' },
    });
  });

  it('messages.info finds a message by either id, and shows what the source sent when asked', async () => {
    const byMid = await workspace.client.messageByMid(channel.id, 'm_3');
    expect(byMid).toMatchObject({ content: { type: 'text', text: 'text 3' }, conversation_id: long });
    const withRaw = await workspace.client.call('messages.info', { message_id: byMid.id, include: ['raw'] });
    expect(JSON.parse(withRaw.text)).toEqual({
      ...byMid,
      raw: ['{"sender":{"id":"ana"},"recipient":{"id":"7"},"message":{"mid":"m_3","text":"text 3"}}'],
    });
    const unknown = await workspace.client.call('messages.info', { channel_id: channel.id, source_message_id: 'm\0' });
    expectProblem(unknown, 404, 'not_found');
  });

  it('refuses cursors of another call, conversation or workspace', async () => {
    const stranger = await started.addWorkspace();
    const ofMessages = nextOf(await workspace.client.messages(long, { page_size: 1 }));
    const ofConversations = nextOf(await workspace.client.conversations({ page_size: 1 }));
    const refused = await Promise.all([
      workspace.client.call('messages.list', {
        conversation_id: conversationId(channel.id, 'ben'),
        cursor: ofMessages,
      }),
      workspace.client.call('messages.list', { conversation_id: long, cursor: ofConversations }),
      workspace.client.call('conversations.list', { cursor: ofMessages }),
      stranger.client.call('conversations.list', { cursor: ofConversations }),
      workspace.client.call('conversations.list', { cursor: '' }),
    ]);
    for (const answer of refused) expectProblem(answer, 400, 'cursor_invalid');
  });

  it('are empty in a new workspace', async () => {
    const { client } = await started.addWorkspace();
    const empty = { data: [], pagination_data: { previous_cursor: null, next_cursor: null, total: 0 } };
    expect(await client.conversations()).toEqual(empty);
    expect(await client.channels()).toEqual([]);
  });
});

function nextOf(page: Page<unknown>): string {
  return present(page.pagination_data.next_cursor, 'next_cursor');
}

function previousOf(page: Page<unknown>): string {
  return present(page.pagination_data.previous_cursor, 'previous_cursor');
}
