import { contentSchema, outboundContentSchema, type Message } from '#libs/messaging';
import { expectProblem, type Answer } from '../harness/answer.js';
import { echoItem, facebookNow, newMid, type Item } from '../harness/facebook-items.js';
import { INBOUND } from '../harness/inbound-samples.js';
import { at, present } from '../harness/only.js';
import { OUTBOUND } from '../harness/outbound-samples.js';
import { facebookJson } from '../harness/sign-webhook.js';
import { Product, stopAll, type Chat } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

const DAY_MS = 86_400_000;
const PAGE_INBOX_APP = '263902037430900';

/** The types of a union, as the product itself describes them. */
const typesOf = (schema: typeof contentSchema | typeof outboundContentSchema): string[] =>
  schema.options.map(({ shape }) => shape.type.value).sort();

describe('content', () => {
  let product: Product;
  let chat: Chat;
  let stream: StreamReader;

  const itemOf = (fields: object): Item => ({
    sender: { id: chat.psid },
    recipient: { id: chat.pageId },
    timestamp: facebookNow(),
    ...fields,
  });
  const deliver = (item: Item): Promise<void> => product.webhooks.deliver(chat.pageId, [item]);
  /** What was posted before is applied once this has come through. */
  const passBarrier = async (): Promise<void> => {
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text: 'barrier', mid });
    await stream.waitForMid(mid);
  };
  const byMid = (mid: string): Promise<Message> => product.client.messageByMid(chat.channelId, mid);
  const send = (content: object): Promise<Answer> =>
    product.client.call('messages.send', { conversation_id: chat.conversationId, content });

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ echo: 'off', delivery: 'off', read: 'off' });
    chat = await product.startChat(await product.connectPage());
    stream = await product.client.stream();
  }, 60_000);

  afterAll(stopAll);

  describe('of a contact', () => {
    let listed: Message[];
    let unreadBefore: number;
    let unreadAfter: number;

    const unread = async (): Promise<number> =>
      (await product.client.conversation(chat.conversationId)).metadata.unread_count;

    beforeAll(async () => {
      unreadBefore = await unread();
      for (const { item } of INBOUND) await deliver(itemOf(item));
      await passBarrier();
      unreadAfter = (await unread()) - 1;
      // Oldest first, without the message that began the chat and the barrier.
      listed = (await product.client.allMessages(chat.conversationId)).toReversed().slice(1, -1);
    }, 60_000);

    it('has a sample of every type', () => {
      const types = [...new Set(INBOUND.map(({ content }) => Reflect.get(content, 'type') as string)), 'deleted'];
      expect(types.sort()).toEqual(typesOf(contentSchema));
    });

    it.each(INBOUND.map((sample, index) => [sample.name, index, sample.content] as const))(
      'shows %s',
      (_name, index, content) => {
        expect(listed).toHaveLength(INBOUND.length);
        expect(at(listed, index)).toMatchObject({ from_contact: true, sender_type: 'contact', state: 'delivered' });
        expect(at(listed, index).content).toEqual(content);
      },
    );

    it('counts all of them as unread but the events', () => {
      const events = INBOUND.filter(({ content }) => 'event' in content);
      expect(unreadAfter - unreadBefore).toBe(INBOUND.length - events.length);
    });
  });

  it('shows a guest who has no id', async () => {
    const optin = { ref: 'cart-9', user_ref: 'chk-5d2' };
    await deliver({ recipient: { id: chat.pageId }, timestamp: facebookNow(), optin });
    const guest = await waitFor('the conversation of the guest', async () =>
      (await product.client.conversations()).data.find(({ source_contact_id: id }) => id === 'user_ref:chk-5d2'),
    );
    expect(guest.last_message.content).toEqual({ type: 'event', event: { name: 'optin', data: optin } });
    expect(guest).toMatchObject({ metadata: { unread_count: 0 }, window: { closes_at: expect.any(String) as string } });
  });

  it('shows what comes while another app holds the thread', async () => {
    const postback = { mid: 'm_standby', title: 'Talk to us' };
    const entry = { id: chat.pageId, time: facebookNow(), standby: [itemOf({ postback })] };
    await product.webhooks.post(facebookJson({ object: 'page', entry: [entry] }));
    await stream.waitForMid('m_standby');
    expect((await byMid('m_standby')).content).toEqual({
      type: 'postback',
      text: 'Talk to us',
      postback: { title: 'Talk to us' },
    });
  });

  it('leaves a tombstone of what was taken back', async () => {
    await deliver(
      itemOf({ message: { mid: 'm_gone', attachments: [{ type: 'image', payload: { url: 'https://x/' } }] } }),
    );
    await deliver(itemOf({ message: { mid: 'm_gone', is_deleted: true } }));
    await passBarrier();
    expect(await byMid('m_gone')).toMatchObject({
      content: { type: 'deleted' },
      deleted_at: expect.any(String) as string,
    });
  });

  it('opens the window by a reaction, and not by taking it back', async () => {
    const closesAt = async (): Promise<number> =>
      Date.parse(present((await product.client.conversation(chat.conversationId)).window.closes_at, 'closes_at'));
    const react = async (action: string): Promise<number> => {
      const item = itemOf({ reaction: { mid: 'm_in_text', action, reaction: 'love', emoji: '❤️' } });
      await deliver(item);
      return Number(item['timestamp']);
    };
    const reactedAt = await react('react');
    await waitFor('the reaction to be shown', async () => (await byMid('m_in_text')).reactions);
    expect(await closesAt()).toBe(reactedAt + DAY_MS);
    await react('unreact');
    await waitFor('the reaction to be gone', async () => (await byMid('m_in_text')).reactions === undefined);
    expect(await closesAt()).toBe(reactedAt + DAY_MS);
  });

  it.each([
    ['the page’s own inbox', PAGE_INBOX_APP, 'page'],
    ['another app', '290000000000555', 'app'],
  ])('shows what %s sent as what it is', async (_name, appId, senderType) => {
    const mid = newMid();
    const payload = { template_type: 'generic', elements: [{ title: 'Mug', subtitle: 'Blue' }] };
    const item = echoItem({ ...chat, appId, mid, text: '' });
    const message = {
      ...(item['message'] as object),
      text: undefined,
      attachments: [{ title: '', type: 'template', payload }],
    };
    await deliver({ ...item, message });
    await stream.waitForMid(mid);
    expect(await byMid(mid)).toMatchObject({
      from_contact: false,
      sender_type: senderType,
      content: { type: 'template', template: { type: 'generic', elements: [{ title: 'Mug', subtitle: 'Blue' }] } },
    });
  });

  describe('of an agent', () => {
    it('has a sample of every type', () => {
      const types = [...new Set(OUTBOUND.map(({ content }) => content['type'] as string))];
      expect(types.sort()).toEqual(typesOf(outboundContentSchema));
    });

    it.each(OUTBOUND.map((sample) => [sample.name, sample] as const))(
      'sends %s',
      async (_name, { content, message }) => {
        const pending = await product.client.send({ conversation_id: chat.conversationId, content });
        expect(pending).toMatchObject({ state: 'pending', from_contact: false });
        expect(pending.content).toEqual(content);
        await stream.waitForState(pending.id, 'sent');
        const call = await product.facebook.waitForSend(pending.id);
        expect(call).toMatchObject({ outcome: 'accepted', recipient_id: chat.psid });
        expect(call.message).toEqual({ ...message, metadata: `p1:${pending.id}:1` });
      },
    );

    it.each(OUTBOUND.map((sample) => [sample.name, sample] as const))(
      'sends %s in Messenger’s own form',
      async (_name, { message }) => {
        const pending = await product.client.send({ conversation_id: chat.conversationId, message });
        await stream.waitForState(pending.id, 'sent');
        const call = await product.facebook.waitForSend(pending.id);
        expect(call.message).toEqual({ ...message, metadata: `p1:${pending.id}:1` });
        expect(pending.content.type).not.toBe('unsupported');
      },
    );

    const picture = { type: 'image', image: { url: 'https://cdn.example/1.jpg' } };
    const clip = { type: 'video', video: { attachment_id: '77' } };

    it.each([
      ['words beside a picture', { ...picture, text: 'look' }],
      ['several videos', { ...clip, attachments: [clip, clip] }],
      ['a text of 2,000 characters', { type: 'text', text: 'x'.repeat(2_000) }],
      [
        'four buttons',
        {
          type: 'template',
          template: {
            type: 'button',
            text: 'x',
            buttons: Array(4).fill({ type: 'postback', title: 'a', payload: 'b' }),
          },
        },
      ],
    ])('is refused for %s: not one message of Messenger', async (_name, content) => {
      expectProblem(await send(content), 422, 'content_not_sendable');
    });

    it.each([
      ['no address', { type: 'image', image: {} }, 'content.image'],
      ['two addresses', { type: 'image', image: { url: 'https://x.example/', attachment_id: '1' } }, 'content.image'],
      ['a field too much', { ...picture, image: { ...picture.image, size: 1 } }, 'content.image.size'],
      ['a list of one', { ...picture, attachments: [picture] }, 'content.attachments'],
      ['a list that begins otherwise', { ...picture, attachments: [clip, picture] }, 'content.attachments.0'],
      ['a place', { type: 'location', location: { latitude: 1, longitude: 2 } }, 'content.type'],
    ])('is malformed with %s', async (_name, content, field) => {
      expect(expectProblem(await send(content), 400, 'invalid_request').errors).toMatchObject([{ field }]);
    });
  });
});
