import type { Conversation, Update } from '#libs/messaging';
import type { Answer } from '../harness/answer.js';
import { facebookNow, newMid } from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

describe('a conversation', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let stream: StreamReader;

  const done = async (name: string, body: object): Promise<void> => {
    const { status, text }: Answer = await product.client.call(name, body);
    expect({ status, text }).toEqual({ status: 204, text: '' });
  };
  const markRead = (): Promise<void> => done('conversations.mark-read', { conversation_id: chat.conversationId });
  const unread = async (): Promise<number> =>
    (await product.client.conversation(chat.conversationId)).metadata.unread_count;
  const write = async (text: string, timestamp = facebookNow()): Promise<void> => {
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text, mid, timestamp });
    await stream.waitForMid(mid);
  };
  const updatesOf = (type: Update['type'], id: string): Update[] =>
    stream.updates.filter(
      (update) =>
        update.type === type && ('conversation_id' in update ? update.conversation_id : update.channel_id) === id,
    );
  const waitForUpdates = (type: Update['type'], id: string, count: number): Promise<Update[]> =>
    waitFor(`${count} ${type} of ${id}`, () => {
      const found = updatesOf(type, id);
      return found.length >= count && found;
    });

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    await product.leaveContactsAlone();
    stream = await product.client.stream();
  }, 60_000);

  beforeEach(async () => {
    chat = await product.startChat(connected);
  });

  afterAll(stopAll);

  it('is read up to its newest message: what is older and comes late does not count, what is newer does', async () => {
    const past = facebookNow() - 60_000;
    await write('one more');
    expect(await unread()).toBe(2);
    await markRead();
    const shown = await product.client.conversation(chat.conversationId);
    expect(shown.metadata.unread_count).toBe(0);
    expect(at(await waitForUpdates('conversation.updated', chat.conversationId, 1), 0).payload).toEqual(
      withoutChannel(shown),
    );
    await write('from before', past);
    expect(await unread()).toBe(0);
    await write('from after');
    expect(await unread()).toBe(1);
  });

  it('loses no arrival to somebody who reads all the time (interleaving 28)', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
    await Promise.all([...texts.map((text) => write(text)), ...texts.map(markRead)]);
    await markRead();
    expect(await unread()).toBe(0);
    await Promise.all([write('this'), write('and this')]);
    expect(await unread()).toBe(2);
    const { payload } = at(await waitForUpdates('conversation.updated', chat.conversationId, 1), -1);
    expect(payload).toMatchObject({ metadata: { unread_count: 0 } });
  });

  it.each([
    ['conversations.set-state', 'conversations.remove-state'],
    ['conversations.setState', 'conversations.removeState'],
  ])('gets and loses a state by %s and %s', async (set, remove) => {
    const id = chat.conversationId;
    await done(set, { conversation_id: id, state: 'OPEN' });
    await done(set, { conversation_id: id, state: 'OPEN' });
    const { data } = await product.client.conversations();
    expect(data).toContainEqual(withMetadata(id, { state: 'OPEN' }));
    await done(remove, { conversation_id: id });
    const updates = await waitForUpdates('conversation.updated', id, 2);
    expect(updates.map(({ payload }) => payload)).toEqual([
      withMetadata(id, { state: 'OPEN' }),
      expect.not.objectContaining({ metadata: withState }),
    ]);
  });

  it('keeps an integrator’s data, and so do its messages and its channel', async () => {
    const { data } = await product.client.messages(chat.conversationId);
    const subjects = [
      ['message', at(data, 0).id],
      ['conversation', chat.conversationId],
      ['channel', chat.channelId],
    ] as const;
    for (const [subject, id] of subjects) {
      await done('metadata.upsert', { subject, id, data: { crm: { id: subject, old: true } } });
      await done('metadata.upsert', { subject, id, data: { crm: { old: null } } });
    }
    const told = { user_data: { crm: { id: 'message' } } };
    const message = at(await waitForUpdates('message.updated', chat.conversationId, 2), 1).payload;
    expect(message).toMatchObject({ message: { id: at(data, 0).id, metadata: told } });
    const conversation = at(await waitForUpdates('conversation.updated', chat.conversationId, 2), 1).payload;
    expect(conversation).toEqual(withoutChannel(await product.client.conversation(chat.conversationId)));
    expect(conversation).toMatchObject({ metadata: { user_data: { crm: { id: 'conversation' } } } });
    const channel = at(await waitForUpdates('channel.updated', chat.channelId, 2), -1).payload;
    expect(channel).toMatchObject({ metadata: { name: 'Blue Shop', user_data: { crm: { id: 'channel' } } } });
  });
});

const withState: unknown = expect.objectContaining({ state: expect.anything() as unknown });

function withMetadata(id: string, metadata: object): unknown {
  return expect.objectContaining({ id, metadata: expect.objectContaining(metadata) as unknown });
}

/** The channel in it changes by itself: when it was last heard of is announced to nobody. */
function withoutChannel(conversation: Conversation): object {
  return { ...conversation, channel: expect.anything() as unknown };
}
