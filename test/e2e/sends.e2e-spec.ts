import type { Update } from '#libs/messaging';
import { expectProblem, type Answer } from '../harness/answer.js';
import { at, only, present } from '../harness/only.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';

const CONTENT = { type: 'text', text: 'hello' };
const MESSAGE = { text: 'hello' };

describe('messages.send', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let stream: StreamReader;

  const send = (body: Record<string, unknown>): Promise<Answer> => product.client.call('messages.send', body);
  const toChat = (body: Record<string, unknown>): Promise<Answer> =>
    send({ conversation_id: chat.conversationId, ...body });
  const fieldsOf = (answer: Answer): string[] =>
    (expectProblem(answer, 400, 'invalid_request').errors ?? []).map(({ field }) => field);
  const numbers = async (): Promise<object> => ({
    stored: (await product.client.messages(chat.conversationId)).pagination_data.total,
    atFacebook: (await product.facebook.state()).sends.length,
  });

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    chat = await product.startChat(connected);
    stream = await product.client.stream();
  }, 60_000);

  afterAll(stopAll);

  describe('refuses at once, and stores nothing', () => {
    let before: object;

    beforeAll(async () => {
      before = await numbers();
    });

    it('both message and content, and neither', async () => {
      expectProblem(await toChat({ content: CONTENT, message: MESSAGE }), 400, 'invalid_request');
      expectProblem(await toChat({}), 400, 'invalid_request');
      expectProblem(await toChat({ content: null, message: null }), 400, 'invalid_request');
    });

    it('nobody to send to', async () => {
      expectProblem(await send({ content: CONTENT }), 400, 'invalid_request');
      expectProblem(await send({ channel_id: chat.channelId, content: CONTENT }), 400, 'invalid_request');
      expectProblem(await send({ source_recipient_id: chat.psid, content: CONTENT }), 400, 'invalid_request');
    });

    it.each(['text', 5, true, [], [CONTENT]])('content %j', async (content) => {
      expectProblem(await toChat({ content }), 400, 'invalid_request');
    });

    it.each(['text', 5, true, []])('message %j', async (message) => {
      expectProblem(await toChat({ message }), 400, 'invalid_request');
    });

    it.each([
      ['an unknown field', { ...CONTENT, colour: 'blue' }, 'content.colour'],
      [
        'an unknown field of a field',
        { ...CONTENT, quick_replies: [{ content_type: 'text', size: 1 }] },
        'content.quick_replies.0.size',
      ],
      ['no text', { type: 'text' }, 'content.text'],
      ['a text that is none', { type: 'text', text: 5 }, 'content.text'],
      ['no type', { text: 'hello' }, 'content.type'],
      ['an unknown type', { type: 'hologram', text: 'hello' }, 'content.type'],
    ])('content with %s, naming its path', async (_, content, path) => {
      expect(fieldsOf(await toChat({ content }))).toEqual([path]);
    });

    it('a sender or reply_to of the wrong shape', async () => {
      expect(fieldsOf(await toChat({ content: CONTENT, sender: { type: 'robot' } }))).toEqual(['sender.type']);
      expect(fieldsOf(await toChat({ content: CONTENT, sender: 'me' }))).toEqual(['sender']);
      expect(fieldsOf(await toChat({ content: CONTENT, reply_to: { message_id: 5 } }))).toEqual([
        'reply_to.message_id',
      ]);
    });

    it('a text that Messenger does not take in one call', async () => {
      expectProblem(await toChat({ content: { type: 'text', text: 'x'.repeat(2_001) } }), 422, 'content_not_sendable');
    });

    it('a message in Messenger’s form that is over a limit', async () => {
      expectProblem(await toChat({ message: { text: 'x'.repeat(2_001) } }), 422, 'limit_exceeded');
    });

    it('metadata that leaves no room for our own', async () => {
      expect((await toChat({ message: { ...MESSAGE, metadata: 'x'.repeat(990) } })).status).toBe(422);
    });

    it('and none of it was stored or sent', async () => {
      expect(await numbers()).toEqual(before);
    });
  });

  it('sends a text of the greatest length', async () => {
    const text = `${'x'.repeat(1_998)}!`;
    const pending = await product.client.sendText(chat.conversationId, text);
    await stream.waitForState(pending.id, 'sent');
    expect((await product.facebook.waitForSend(pending.id)).text).toBe(text);
  });

  it('sends by channel and recipient into the conversation that is there', async () => {
    const pending = await product.client.send({
      channel_id: chat.channelId,
      source_recipient_id: chat.psid,
      content: CONTENT,
    });
    expect(pending.conversation_id).toBe(chat.conversationId);
    await stream.waitForState(pending.id, 'sent');
  });

  it('keeps the order of a conversation', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `in order ${index}`);
    const pending = [];
    for (const text of texts) pending.push(await product.client.sendText(chat.conversationId, text));
    await Promise.all(pending.map(({ id }) => stream.waitForState(id, 'sent')));
    const { sends } = await product.facebook.state();
    expect(sends.map(({ text }) => text).filter((text) => text?.startsWith('in order') === true)).toEqual(texts);
    const listed = await product.client.messages(chat.conversationId, { page_size: texts.length });
    expect(listed.data.map(({ id }) => id)).toEqual(pending.map(({ id }) => id).toReversed());
  });

  it('names the sender that the request names, else the key', async () => {
    const named = await product.client.send({
      conversation_id: chat.conversationId,
      content: CONTENT,
      sender: { type: 'bot', id: 'bot-7', name: 'Robo', avatar_url: 'https://cdn.example/robo.png' },
    });
    expect(named).toMatchObject({
      sender_type: 'bot',
      sender: { id: 'bot-7', name: 'Robo', avatar_url: 'https://cdn.example/robo.png' },
    });
    const unnamed = await product.client.sendText(chat.conversationId, 'by the key');
    expect(unnamed).toMatchObject({
      sender_type: 'agent',
      sender: { id: expect.any(String) as string, name: expect.any(String) as string },
    });
  });

  it('keeps the caller’s metadata on the message', async () => {
    const metadata = { ticket: 77, tags: ['a', 'ü'] };
    const pending = await product.client.send({ conversation_id: chat.conversationId, content: CONTENT, metadata });
    expect((await product.client.message(pending.id)).metadata).toEqual(metadata);
  });

  it('replies to a message', async () => {
    const question = present((await product.client.allMessages(chat.conversationId)).at(-1), 'the first message');
    const pending = await product.client.send({
      conversation_id: chat.conversationId,
      content: CONTENT,
      reply_to: { message_id: question.id },
    });
    expect(pending.reply_to).toMatchObject({ message_id: question.id, source_message_id: question.source_message_id });
    await stream.waitForState(pending.id, 'sent');
  });

  describe('ends', () => {
    it('failed, with Graph’s reason, when Facebook knows no such person', async () => {
      const pending = await product.client.send({
        channel_id: chat.channelId,
        source_recipient_id: '6599999999999999',
        content: CONTENT,
      });
      expect(pending.state).toBe('pending');
      await stream.waitForState(pending.id, 'failed');
      const failed = await product.client.message(pending.id);
      expect(failed).toMatchObject({
        state: 'failed',
        delivery_state: 'failed',
        failure: { source_code: 100, source_subcode: 2018001, retryable: false },
      });
      expect(await product.facebook.sendsOf(pending.id)).toHaveLength(1);
    });

    it('failed, when the person has blocked the page, and the next message goes out', async () => {
      const person = await product.startChat(connected);
      await product.facebook.fail({ mode: 'refuse', recipient_id: person.psid, code: 551, subcode: 1545041 });
      const refused = await product.client.sendText(person.conversationId, 'to a closed door');
      const next = await product.client.sendText(person.conversationId, 'again');
      await stream.waitForState(refused.id, 'failed');
      await stream.waitForState(next.id, 'sent');
      const { failure } = await product.client.message(refused.id);
      expect(failure).toMatchObject({ category: 'contact', source_code: 551, source_subcode: 1545041 });
    });

    it.each(['accept_then_500', 'garbage', 'half'])(
      'sent by its echo, with one call, when Graph takes it and answers %s',
      async (mode) => {
        const person = await product.startChat(connected);
        await product.facebook.fail({ mode, recipient_id: person.psid });
        const pending = await product.client.sendText(person.conversationId, `taken, then ${mode}`);
        const next = await product.client.sendText(person.conversationId, 'the next');
        await stream.waitForState(pending.id, 'sent');
        await stream.waitForState(next.id, 'sent');
        const call = only(await product.facebook.sendsOf(pending.id), 'Graph call');
        expect(call.outcome).toBe('accepted');
        expect((await product.client.message(pending.id)).source_message_id).toBe(call.mid);
      },
    );

    it('put off, and longer each time, while Graph throttles; nothing overtakes it', async () => {
      const person = await product.startChat(connected);
      await product.facebook.fail({ mode: '429', recipient_id: person.psid, times: 3 });
      const pending = await product.client.sendText(person.conversationId, 'in a rush hour');
      const next = await product.client.sendText(person.conversationId, 'behind it');
      await stream.waitForState(pending.id, 'sent', 20_000);
      await stream.waitForState(next.id, 'sent');
      const calls = await product.facebook.sendsOf(pending.id);
      expect(calls.map(({ outcome }) => outcome === 'accepted')).toEqual([false, false, false, true]);
      const gaps = calls.slice(1).map((call, index) => call.at - at(calls, index).at);
      // 1, 2 and 4 s, each a quarter less or more
      expect(gaps[0]).toBeGreaterThanOrEqual(700);
      expect(gaps[1]).toBeGreaterThanOrEqual(1_450);
      expect(gaps[2]).toBeGreaterThanOrEqual(2_950);
      const after = only(await product.facebook.sendsOf(next.id), 'Graph call');
      expect(after.at).toBeGreaterThanOrEqual(at(calls, 3).at);
    }, 40_000);

    it('pending, while the page’s token is dead, until it is connected again', async () => {
      const other = await product.connectPage('Token Shop');
      const person = await product.startChat(other);
      const renewed = await product.facebook.renewTokens(person.pageId);
      const pending = await product.client.sendText(person.conversationId, 'waits for a token');
      await stream.waitForArrival('the channel to need a new token', isReauthRequired(person.channelId));
      expect((await product.client.message(pending.id)).state).toBe('pending');
      const accepted = await send({
        conversation_id: person.conversationId,
        content: { type: 'text', text: 'so does this' },
      });
      expect(accepted.status).toBe(200);
      const again = await product.client.connect({ page_id: person.pageId, page_token: renewed.page_token });
      expect(again).toMatchObject({ id: person.channelId, health: { state: 'connected' } });
      await stream.waitForState(pending.id, 'sent');
      expect((await product.facebook.sendsOf(pending.id)).filter(({ outcome }) => outcome === 'accepted')).toHaveLength(
        1,
      );
    });
  });
});

function isReauthRequired(channelId: string): (update: Update) => boolean {
  return (update) =>
    update.type === 'channel.updated' &&
    update.channel_id === channelId &&
    update.payload.health.state === 'reauth_required';
}
