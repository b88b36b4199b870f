import type { Update } from '#libs/messaging';
import { expectProblem, type Answer } from '../harness/answer.js';
import { facebookNow, newMid, newPsid } from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';

const HOUR_MS = 3_600_000;
const CONTENT = { type: 'text', text: 'hello' };
const HUMAN = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
const AGENT = { type: 'agent', name: 'Ana' };

describe('what Facebook lets a page send, and when', () => {
  let product: Product;
  let connected: ConnectedPage;
  let stream: StreamReader;

  const send = (chat: Chat, body: Record<string, unknown> = {}): Promise<Answer> =>
    product.client.call('messages.send', { conversation_id: chat.conversationId, content: CONTENT, ...body });
  /** A customer who wrote so long ago, as the webhook tells it. */
  const chatOf = async (agoMs: number, { page, channel } = connected): Promise<Chat> => {
    const pageId = page.page_id;
    const psid = await product.facebook.createCustomer(pageId, newPsid());
    const mid = newMid();
    await product.webhooks.deliverText({ pageId, psid, text: 'Hello', mid, timestamp: facebookNow() - agoMs });
    await stream.waitForMid(mid);
    const { conversation_id: conversationId } = await product.client.messageByMid(channel.id, mid);
    return { pageId, psid, channelId: channel.id, conversationId };
  };
  const countOf = async (chat: Chat): Promise<number> =>
    (await product.client.messages(chat.conversationId)).pagination_data.total;

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    stream = await product.client.stream();
  }, 60_000);

  afterAll(stopAll);

  it('refuses an answer after 24 hours, and stores nothing', async () => {
    const chat = await chatOf(24 * HOUR_MS + 1_000);
    const { window } = await product.client.conversation(chat.conversationId);
    expect(window.allowed).toEqual(['HUMAN_AGENT', 'UTILITY']);
    expectProblem(await send(chat), 422, 'window_closed');
    expectProblem(await send(chat, { messaging_type: 'UPDATE' }), 422, 'window_closed');
    expect(await countOf(chat)).toBe(1);
  });

  it('takes an answer a moment before', async () => {
    expect(await send(await chatOf(24 * HOUR_MS - 30_000))).toMatchObject({ status: 200 });
  });

  it('takes a person’s answer for seven days, if it is said that a person wrote it', async () => {
    const chat = await chatOf(25 * HOUR_MS);
    for (const sender of [undefined, { type: 'bot' }]) {
      const problem = expectProblem(await send(chat, { ...HUMAN, sender }), 400, 'invalid_request');
      expect(problem.errors).toEqual([expect.objectContaining({ field: 'sender.type' })]);
    }
    expect(await countOf(chat)).toBe(1);
    const message = await product.client.send({
      conversation_id: chat.conversationId,
      content: CONTENT,
      ...HUMAN,
      sender: AGENT,
    });
    await stream.waitForState(message.id, 'sent');
    const late = await chatOf(7 * 24 * HOUR_MS + 1_000);
    expectProblem(await send(late, { ...HUMAN, sender: AGENT }), 422, 'window_closed');
  });

  it('refuses a wrong type, and a tag that Facebook has retired', async () => {
    const chat = await chatOf(0);
    expectProblem(await send(chat, { messaging_type: 'PROMOTION' }), 400, 'invalid_request');
    expectProblem(await send(chat, { messaging_type: 'MESSAGE_TAG' }), 400, 'invalid_request');
    const retired = { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' };
    expectProblem(await send(chat, retired), 422, 'tag_retired');
    expect(await countOf(chat)).toBe(1);
  });

  it('fails what waits for the page to be connected again when its window ends first, and says once that it must be', async () => {
    const other = await product.connectPage('Token Shop');
    const [soon, later] = [await chatOf(24 * HOUR_MS - 8_000, other), await chatOf(0, other)];
    await product.facebook.renewTokens(other.page.page_id);
    const [first, second] = [
      await product.client.sendText(soon.conversationId, 'a'),
      await product.client.sendText(later.conversationId, 'b'),
    ];
    await stream.waitForState(first.id, 'failed', 20_000);
    expect((await product.client.message(first.id)).failure).toMatchObject({
      code: 'window_closed',
      category: 'policy',
    });
    expect((await product.client.message(second.id)).state).toBe('pending');
    const told = healthOf(stream.updates, other.channel.id);
    expect(told.filter((state) => state === 'reauth_required')).toHaveLength(1);
    expect(told.at(-1)).toBe('reauth_required');
  }, 40_000);

  it('waits as long as Facebook wants before it sends again', async () => {
    const chat = await chatOf(0);
    await product.facebook.control('settings', { usage_headers: { 'Retry-After': '4' } });
    await product.facebook.fail({ mode: '429', recipient_id: chat.psid });
    const message = await product.client.sendText(chat.conversationId, 'in a rush hour');
    await stream.waitForState(message.id, 'sent', 20_000);
    await product.facebook.control('settings', { usage_headers: {} });
    const calls = await product.facebook.sendsOf(message.id);
    expect(at(calls, 1).at - at(calls, 0).at).toBeGreaterThanOrEqual(3_950);
  }, 40_000);

  it('sends to many people at once', async () => {
    const chats = await Promise.all(Array.from({ length: 12 }, () => chatOf(0)));
    await product.facebook.change({ latency_ms: 4_000 });
    const messages = await Promise.all(
      chats.map(({ conversationId }) => product.client.sendText(conversationId, 'hi all')),
    );
    await Promise.all(messages.map(({ id }) => stream.waitForState(id, 'sent', 30_000)));
    await product.facebook.change({ latency_ms: 0 });
    const calls = (await product.facebook.state()).sends.filter(({ text }) => text === 'hi all').map((call) => call.at);
    expect(calls).toHaveLength(12);
    // one after the other it would be 44 s
    expect(Math.max(...calls) - Math.min(...calls)).toBeLessThan(4_000);
  }, 60_000);
});

function healthOf(updates: readonly Update[], channelId: string): string[] {
  return updates.flatMap((update) =>
    update.type === 'channel.updated' && update.channel_id === channelId ? [update.payload.health.state] : [],
  );
}
