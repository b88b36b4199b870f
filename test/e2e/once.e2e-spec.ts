import type { Message } from '#libs/messaging';
import { expectProblem, type Answer } from '../harness/answer.js';
import { envelope, facebookNow, newMid, textItem } from '../harness/facebook-items.js';
import { at, only } from '../harness/only.js';
import { facebookJson } from '../harness/sign-webhook.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';

const MANY = 50;

describe('what comes twice', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let stream: StreamReader;

  const announced = (mid: string): Message[] => stream.created.filter((message) => message.source_message_id === mid);
  const stored = async (mid: string): Promise<Message[]> =>
    (await product.client.allMessages(chat.conversationId)).filter((message) => message.source_message_id === mid);
  /** What was posted for this conversation before has been applied when this is there. */
  const passBarrier = async (): Promise<void> => {
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text: 'barrier', mid });
    await stream.waitForMid(mid);
  };
  const expectOnce = async (mid: string, text: string): Promise<void> => {
    await passBarrier();
    const message = only(await stored(mid), `stored message ${mid}`);
    expect(message.content).toEqual({ type: 'text', text });
    expect(only(announced(mid), `announcement of ${mid}`).id).toBe(message.id);
  };
  const total = async (): Promise<number> => (await product.client.messages(chat.conversationId)).pagination_data.total;

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    chat = await product.startChat(connected);
    stream = await product.client.stream();
  }, 60_000);

  afterAll(stopAll);

  describe('a webhook', () => {
    it.each([1, 2, MANY])('posted %d times at once is one message and one announcement', async (times) => {
      const mid = newMid();
      const body = facebookJson(envelope(chat.pageId, [textItem({ ...chat, text: `posted ${times} times`, mid })]));
      const answers = await Promise.all(Array.from({ length: times }, () => product.webhooks.post(body)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: times }, () => 200));
      await expectOnce(mid, `posted ${times} times`);
    });

    it('in other envelopes and with other timestamps is still one message, and the first timestamp stays', async () => {
      const mid = newMid();
      const timestamp = facebookNow();
      const text = 'in many envelopes';
      const item = textItem({ ...chat, text, mid, timestamp });
      await product.webhooks.deliver(chat.pageId, [item]);
      await stream.waitForMid(mid);
      const later = textItem({ ...chat, text, mid, timestamp: timestamp + 5_000 });
      const neighbours = [newMid(), newMid()];
      const path = `/webhooks/facebook/${chat.channelId}`;
      await Promise.all([
        product.webhooks.deliver(chat.pageId, [item, item]),
        product.webhooks.deliver(chat.pageId, [item, later]),
        product.webhooks.deliver(chat.pageId, [later], { path }),
        product.webhooks.deliver(chat.pageId, [textItem({ ...chat, text: 'before', mid: at(neighbours, 0) }), later]),
        product.webhooks.deliver(chat.pageId, [later, textItem({ ...chat, text: 'after', mid: at(neighbours, 1) })]),
        product.webhooks.post(facebookJson(twoEntries(chat.pageId, item, later))),
        ...Array.from({ length: 10 }, () => product.webhooks.deliver(chat.pageId, [item])),
      ]);
      await expectOnce(mid, text);
      expect(only(await stored(mid)).sent_at).toBe(new Date(timestamp).toISOString());
      for (const neighbour of neighbours) expect(announced(neighbour)).toHaveLength(1);
    });

    it('counts once', async () => {
      const before = await product.client.conversation(chat.conversationId);
      const mid = newMid();
      const body = facebookJson(envelope(chat.pageId, [textItem({ ...chat, text: 'counted', mid })]));
      const totalBefore = await total();
      await Promise.all(Array.from({ length: 10 }, () => product.webhooks.post(body)));
      await expectOnce(mid, 'counted');
      const after = await product.client.conversation(chat.conversationId);
      // This message and the barrier.
      expect(after.metadata.unread_count).toBe(before.metadata.unread_count + 2);
      expect(await total()).toBe(totalBefore + 2);
    });
  });

  describe('a call with the same Idempotency-Key', () => {
    const send = (key: string, text: string): Promise<Answer> => sendRaw(key, JSON.stringify(sendBody(text)));
    const sendRaw = (key: string, body: string): Promise<Answer> =>
      product.client.call('messages.send', body, { 'idempotency-key': key });
    const sendBody = (text: string): object => ({
      conversation_id: chat.conversationId,
      content: { type: 'text', text },
    });
    const idOf = (answer: Answer): string => (JSON.parse(answer.text) as { id: string }).id;
    const graphCalls = async (text: string): Promise<number> =>
      (await product.facebook.state()).sends.filter((sent) => sent.text === text).length;
    const withText = async (text: string): Promise<Message[]> =>
      (await product.client.allMessages(chat.conversationId)).filter(
        ({ content }) => content.type === 'text' && content.text === text,
      );
    /** Sends of a conversation go out in order: when this one is out, so is whatever there was before. */
    const passSendBarrier = async (): Promise<void> => {
      const barrier = await product.client.sendText(chat.conversationId, 'send barrier');
      await stream.waitForState(barrier.id, 'sent');
    };

    it('is answered with the same bytes and sent once', async () => {
      const first = await send('key-1', 'twice');
      const second = await send('key-1', 'twice');
      expect(first.status).toBe(200);
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      await stream.waitForState(idOf(first), 'sent');
      const third = await send('key-1', 'twice');
      for (const replay of [second, third]) {
        expect({ status: replay.status, text: replay.text }).toEqual({ status: 200, text: first.text });
        expect(replay.headers.get('idempotent-replayed')).toBe('true');
      }
      await passSendBarrier();
      expect(await withText('twice')).toHaveLength(1);
      expect(await graphCalls('twice')).toBe(1);
    });

    it('20 times at once is one message and one Graph call', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => send('key-20', 'twenty times')));
      const taken = answers.filter(({ status }) => status === 200);
      const early = answers.filter(({ status }) => status !== 200);
      expect(taken.length).toBeGreaterThan(0);
      expect(new Set(taken.map(({ text }) => text)).size).toBe(1);
      expect(taken.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
      for (const answer of early) {
        expectProblem(answer, 409, 'idempotency_in_progress');
        expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      }
      const replay = await send('key-20', 'twenty times');
      expect({ status: replay.status, text: replay.text }).toEqual({ status: 200, text: taken[0]?.text });
      expect(replay.headers.get('idempotent-replayed')).toBe('true');
      await passSendBarrier();
      expect(await withText('twenty times')).toHaveLength(1);
      expect(await graphCalls('twenty times')).toBe(1);
    });

    it('and the same value written differently is the same call', async () => {
      const first = await send('key-spaces', 'written differently');
      const { conversationId } = chat;
      const again = await sendRaw(
        'key-spaces',
        ` { "content" : {"text":"written differently", "type":"te\\u0078t"},\n "conversation_id": "${conversationId}" } `,
      );
      expect({ status: again.status, text: again.text }).toEqual({ status: 200, text: first.text });
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    });

    it('and another body is refused and not sent', async () => {
      await send('key-2', 'the first');
      expectProblem(await send('key-2', 'the other'), 422, 'idempotency_key_reused');
      const page = { page_id: connected.page.page_id, page_token: connected.page.page_token };
      expectProblem(
        await product.client.call('channels.facebook.connect', page, { 'idempotency-key': 'key-2' }),
        422,
        'idempotency_key_reused',
      );
      await passSendBarrier();
      expect(await withText('the other')).toEqual([]);
      expect(await graphCalls('the other')).toBe(0);
    });

    it('after an error is a new call', async () => {
      const wrong = { conversation_id: chat.conversationId, content: { type: 'text' } };
      expectProblem(
        await product.client.call('messages.send', wrong, { 'idempotency-key': 'key-3' }),
        400,
        'invalid_request',
      );
      const right = await send('key-3', 'now right');
      expect(right.status).toBe(200);
      expect(right.headers.get('idempotent-replayed')).toBeNull();
    });

    it.each([
      ['empty', ''],
      ['longer than 255 characters', 'k'.repeat(256)],
      ['with a space', 'a b'],
    ])('that is %s is refused', async (_, key) => {
      expectProblem(await send(key, 'odd key'), 400, 'invalid_request');
    });

    it('of 255 visible characters is taken', async () => {
      expect((await send(`~!${'k'.repeat(253)}`, 'long key')).status).toBe(200);
    });
  });

  it('without an Idempotency-Key each call is a message of its own', async () => {
    const first = await product.client.sendText(chat.conversationId, 'no key');
    const second = await product.client.sendText(chat.conversationId, 'no key');
    expect(second.id).not.toBe(first.id);
    await stream.waitForState(second.id, 'sent');
    expect(await product.facebook.sendsOf(first.id)).toHaveLength(1);
    expect(await product.facebook.sendsOf(second.id)).toHaveLength(1);
  });
});

function twoEntries(pageId: string, first: object, second: object): object {
  return {
    object: 'page',
    entry: [
      { id: pageId, time: facebookNow(), messaging: [first] },
      { id: pageId, time: facebookNow(), messaging: [second] },
    ],
  };
}
