import { z } from 'zod';
import { bodyOf, type Answer } from '../harness/answer.js';
import { newPsid } from '../harness/facebook-items.js';
import { at, only } from '../harness/only.js';
import type { SimulatedPage } from '../harness/simulator.client.js';
import { Product, stopAll } from '../harness/start-product.js';
import { waitFor } from '../harness/wait-for.js';

/** What Airy's clients read, by Airy's documents; whatever else is there they leave alone. */
const airyInstant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const airyChannel = z.looseObject({
  id: z.uuid(),
  source: z.literal('facebook'),
  source_channel_id: z.string(),
  connected: z.boolean(),
  metadata: z.looseObject({ name: z.string(), image_url: z.string().optional() }),
});
const airyMessage = z.looseObject({
  id: z.uuid(),
  content: z.unknown(),
  delivery_state: z.enum(['pending', 'failed', 'delivered']),
  sender_type: z.string(),
  from_contact: z.boolean(),
  sent_at: airyInstant,
  source: z.literal('facebook'),
  sender: z.looseObject({ id: z.string(), name: z.string().nullable(), avatar_url: z.string().nullable() }),
  metadata: z.record(z.string(), z.unknown()),
});
const airyConversation = z.looseObject({
  id: z.uuid(),
  created_at: airyInstant,
  channel: airyChannel,
  metadata: z.looseObject({
    contact: z.looseObject({ display_name: z.string() }),
    unread_count: z.number(),
    state: z.string().optional(),
  }),
  last_message: airyMessage,
});
const explored = z.object({
  data: z.array(z.object({ page_id: z.string(), name: z.string(), image_url: z.string(), connected: z.boolean() })),
});
const NAME = 'My custom name for this page';
const IMAGE_URL = 'https://example.org/custom-image.jpg';

/** The guide of Airy Core to its Facebook source, step by step, with Parley in Airy's place. */
describe('Airy’s guide: Facebook Messenger', () => {
  let product: Product;
  let page: SimulatedPage;
  let psid: string;
  let channel: z.infer<typeof airyChannel>;
  let conversation: z.infer<typeof airyConversation>;

  const call = (name: string, body: unknown): Promise<Answer> => product.client.call(name, body);
  const pageOf = <Item extends z.ZodType>(item: Item): z.ZodType<{ data: z.output<Item>[]; pagination_data: object }> =>
    z.object({
      data: z.array(item),
      pagination_data: z.object({
        previous_cursor: z.string().nullable(),
        next_cursor: z.string().nullable(),
        total: z.int(),
      }),
    });
  const conversations = async (body: unknown = {}): Promise<z.infer<typeof airyConversation>[]> =>
    bodyOf(pageOf(airyConversation), await call('conversations.list', body)).data;
  const messages = async (): Promise<z.infer<typeof airyMessage>[]> =>
    bodyOf(pageOf(airyMessage), await call('messages.list', { conversation_id: conversation.id })).data;
  const expectAtFacebook = async (message: { id: string }, body: object): Promise<void> => {
    const sent = await product.facebook.waitForSend(message.id);
    expect(sent).toMatchObject({ recipient_id: psid, outcome: 'accepted', message: body });
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ callback_url: null });
    page = await product.facebook.createPage({ name: 'A page of Facebook' });
  }, 60_000);

  afterAll(stopAll);

  it('Step 1: FACEBOOK_APP_ID and FACEBOOK_APP_SECRET are all that it is told of the app', async () => {
    expect((await product.client.raw('/health/ready', { method: 'GET' })).status).toBe(200);
  });

  it('Step 2: Facebook verifies the integration with a challenge, against FACEBOOK_WEBHOOK_SECRET', async () => {
    const challenge = async (token: string): Promise<object> => {
      const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': '77', 'hub.verify_token': token });
      const { status, text } = await product.client.raw(`/facebook?${query.toString()}`, { method: 'GET' });
      return { status, isChallenge: text === '77' };
    };
    expect(await challenge(product.settings.verifyToken)).toEqual({ status: 200, isChallenge: true });
    expect(await challenge('a value of somebody else’s choice')).toEqual({ status: 403, isChallenge: false });
    await product.facebook.subscribe(`${product.client.url}/facebook`, product.settings.verifyToken);
  });

  it.each([
    ['channels.facebook.explore', 'auth_token'],
    ['facebook.channels.explore', 'token'],
  ])('Step 3: Obtain a page token: %s with the user’s %s shows the page', async (name, field) => {
    const { data } = bodyOf(explored, await call(name, { [field]: page.user_token }));
    const found = data.filter(({ page_id }) => page_id === page.page_id);
    expect(only(found)).toMatchObject({ name: 'A page of Facebook', connected: false });
  });

  it('Connect a Facebook page to your instance: POST /channels.facebook.connect', async () => {
    const body = { page_id: page.page_id, page_token: page.page_token, name: NAME, image_url: IMAGE_URL };
    const answer = await call('channels.facebook.connect', body);
    channel = bodyOf(airyChannel, answer);
    expect(channel).toMatchObject({
      source: 'facebook',
      source_channel_id: page.page_id,
      connected: true,
      metadata: { name: NAME, image_url: IMAGE_URL },
    });
    expect(answer.text).not.toContain(page.page_token);
  });

  it('… where name and image_url are optional, and the page is the same channel again', async () => {
    const again = bodyOf(
      airyChannel,
      await call('channels.facebook.connect', { page_id: page.page_id, page_token: page.page_token }),
    );
    expect(again).toMatchObject({ id: channel.id, metadata: { name: expect.stringMatching(/\S/) as string } });
    const body = { channel_id: channel.id, name: NAME, image_url: IMAGE_URL };
    expect(bodyOf(airyChannel, await call('channels.update', body)).metadata).toMatchObject({ name: NAME });
  });

  it('Facebook will immediately start sending events: a conversation is started', async () => {
    psid = await product.facebook.createCustomer(page.page_id, newPsid());
    await product.facebook.write({ page_id: page.page_id, psid, text: 'Good morning' });
    conversation = await waitFor('the conversation', async () => (await conversations())[0]);
    expect(conversation).toMatchObject({
      channel: { id: channel.id, metadata: { name: NAME } },
      metadata: { unread_count: 1 },
      last_message: { from_contact: true, delivery_state: 'delivered', content: { text: 'Good morning' } },
    });
  });

  it('Sending a text message: POST /messages.send with conversation_id and message', async () => {
    const body = { conversation_id: conversation.id, message: { text: 'Hello World' } };
    const answer = bodyOf(airyMessage, await call('messages.send', body));
    expect(answer).toMatchObject({
      delivery_state: 'pending',
      state: 'pending',
      from_contact: false,
      sender_type: 'agent',
      source: 'facebook',
      content: { text: 'Hello World' },
    });
    await expectAtFacebook(answer, { text: 'Hello World' });
    await waitFor('it to be delivered', async () => at(await messages(), 0).delivery_state === 'delivered');
  });

  it('… or with channel_id and source_recipient_id', async () => {
    const body = { channel_id: channel.id, source_recipient_id: psid, message: { text: 'Hello again' } };
    const answer = bodyOf(airyMessage, await call('messages.send', body));
    expect(answer).toMatchObject({ delivery_state: 'pending', conversation_id: conversation.id });
    await expectAtFacebook(answer, { text: 'Hello again' });
  });

  it('Whatever is put on the message field is forwarded “as-is” to the source’s message endpoint', async () => {
    const quickReplies = [{ content_type: 'text', title: 'Red', payload: 'RED' }];
    const message = { text: 'Which colour?', quick_replies: quickReplies };
    const answer = bodyOf(airyMessage, await call('messages.send', { conversation_id: conversation.id, message }));
    await expectAtFacebook(answer, message);
  });

  it('A message that Facebook refuses is failed', async () => {
    await product.facebook.fail({ mode: 'refuse', recipient_id: psid, code: 551 });
    const body = { conversation_id: conversation.id, message: { text: 'To nobody' } };
    const { id } = bodyOf(airyMessage, await call('messages.send', body));
    await waitFor('it to fail', async () => {
      expect(at(await messages(), 0)).toMatchObject({ id, delivery_state: 'failed' });
      return true;
    });
  });

  it('Inbox: you can see the conversations', async () => {
    const [listed] = await conversations({ page_size: 50, cursor: null });
    expect(listed).toMatchObject({ id: conversation.id, last_message: { content: { text: 'To nobody' } } });
  });

  it('Inbox: you can see the messages, newest first', async () => {
    const texts = (await messages()).map(({ content }) => (content as { text: string }).text);
    expect(texts).toEqual(['To nobody', 'Which colour?', 'Hello again', 'Hello World', 'Good morning']);
  });

  it('Inbox: you can see the channels, with and without a body, and never a page token', async () => {
    const channels = z.object({ data: z.array(airyChannel) });
    for (const body of [{ source: 'facebook' }, {}, '']) {
      const answer = await call('channels.list', body);
      expect(bodyOf(channels, answer).data.map(({ id }) => id)).toEqual([channel.id]);
      expect(answer.text).not.toMatch(/page_token|EAA/);
    }
  });

  it('Inbox: a conversation is closed, opened and marked as read by Airy’s names', async () => {
    const { id } = conversation;
    const stateOf = async (): Promise<unknown> => at(await conversations(), 0).metadata;
    const calls: readonly (readonly [string, object, object])[] = [
      ['conversations.setState', { state: 'CLOSED' }, { state: 'CLOSED' }],
      ['conversations.set-state', { state: 'OPEN' }, { state: 'OPEN' }],
      ['conversations.mark-read', {}, { unread_count: 0 }],
    ];
    for (const [name, body, metadata] of calls) {
      expect(await call(name, { conversation_id: id, ...body })).toMatchObject({ status: 204, text: '' });
      expect(await stateOf()).toMatchObject(metadata);
    }
    expect((await call('conversations.removeState', { conversation_id: id })).status).toBe(204);
    expect(await stateOf()).not.toHaveProperty('state');
  });

  it('Inbox: a page that is disconnected is listed no more, its messages are still there', async () => {
    expect((await call('channels.facebook.disconnect', { channel_id: channel.id })).status).toBe(204);
    expect(bodyOf(z.object({ data: z.array(airyChannel) }), await call('channels.list', {})).data).toEqual([]);
    expect(await messages()).toHaveLength(5);
  });
});
