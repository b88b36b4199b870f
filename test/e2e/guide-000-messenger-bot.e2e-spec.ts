import { z } from 'zod';
import type { Answer } from '../harness/answer.js';
import { EchoBot } from '../harness/echo-bot.client.js';
import { newPsid } from '../harness/facebook-items.js';
import { only } from '../harness/only.js';
import { Product, stopAll, type ConnectedPage } from '../harness/start-product.js';
import { waitFor } from '../harness/wait-for.js';

const scriptSchema = z.object({
  script_id: z.string(),
  state: z.enum(['running', 'finished', 'failed']),
  customers: z.array(
    z.object({
      failure: z.unknown(),
      steps_done: z.int(),
      received: z.array(z.object({ text: z.string().nullable() })),
    }),
  ),
});

/** “Set Up Webhooks” to “Testing Your Integration” of the guide to a basic Messenger bot, with Parley as its backend. */
describe('the basic bot of the Facebook Messenger Integration Guide', () => {
  const CHALLENGE = '1158201444';
  let product: Product;
  let connected: ConnectedPage;
  let bot: EchoBot;

  const verification = (changes: Record<string, string> = {}): Promise<Answer> => {
    const right = {
      'hub.mode': 'subscribe',
      'hub.challenge': CHALLENGE,
      'hub.verify_token': product.settings.verifyToken,
    };
    const query = new URLSearchParams({ ...right, ...changes });
    return product.client.raw(`/webhooks/facebook?${query.toString()}`, { method: 'GET' });
  };
  const play = async (psid: string, steps: readonly object[]): Promise<string> =>
    scriptSchema.parse(
      await product.facebook.control('scripts.run', { page_id: connected.page.page_id, psids: [psid], steps }),
    ).script_id;
  const endOf = (scriptId: string): Promise<z.infer<typeof scriptSchema>> =>
    waitFor(
      'the customer to have said and heard everything',
      async () => {
        const script = scriptSchema.parse(await product.facebook.control('scripts.info', { script_id: scriptId }));
        return script.state !== 'running' && script;
      },
      20_000,
    );

  beforeAll(async () => {
    product = await Product.start();
  }, 60_000);

  afterAll(async () => {
    await bot.stop();
    await stopAll();
  });

  describe('3.7 Webhook Verification (GET request)', () => {
    it('returns the hub.challenge value when hub.mode is subscribe and hub.verify_token matches', async () => {
      const answer = await verification();
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: CHALLENGE });
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    });

    it.each([
      ['the verify token does not match', { 'hub.verify_token': 'YOUR_VERIFY_TOKEN' }],
      ['the verify token is empty', { 'hub.verify_token': '' }],
      ['hub.mode is not subscribe', { 'hub.mode': 'unsubscribe' }],
    ])('is 403, without the challenge, when %s', async (_, changes) => {
      const answer = await verification(changes);
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain(CHALLENGE);
    });
  });

  it('3.8 Subscribe Your App to the Page: messages and messaging_postbacks among its events', async () => {
    connected = await product.connectPage('Guide Page');
    const { subscribed_fields: fields } = await product.facebook.page(connected.page.page_id);
    expect(fields).toEqual(expect.arrayContaining(['messages', 'messaging_postbacks']));
  });

  it('4 Testing: says “Echo: …” to a message and “You clicked: …” to a tapped button, each once', async () => {
    bot = await EchoBot.start({ url: product.client.url, key: product.settings.apiKey });
    const psid = await product.facebook.createCustomer(connected.page.page_id, newPsid());
    const scriptId = await play(psid, [
      { act: 'write', text: 'hi' },
      { wait_for: { text: 'Echo: hi' } },
      { wait_for: { button: 'Start' } },
      { act: 'tap_button', title: 'Start' },
      { wait_for: { text: 'You clicked: START_CHAT' } },
      { act: 'write', text: 'Is it 5 < 6 & “true”? 🚀' },
      { wait_for: { text: 'Echo: Is it 5 < 6 & “true”? 🚀' } },
      { expect_nothing_ms: 300 },
    ]);
    await waitFor('the bot to have said the first word', () => bot.said.includes('Echo: hi'));
    const button = { type: 'postback', title: 'Start', payload: 'START_CHAT' };
    const payload = { template_type: 'button', text: 'What now?', buttons: [button] };
    await product.client.send({
      channel_id: connected.channel.id,
      source_recipient_id: psid,
      message: { attachment: { type: 'template', payload } },
    });
    const script = await endOf(scriptId);
    expect(script).toMatchObject({ state: 'finished', customers: [{ steps_done: 8, failure: null }] });
    expect(only(script.customers).received.map(({ text }) => text)).toEqual([
      'Echo: hi',
      'What now?',
      'You clicked: START_CHAT',
      'Echo: Is it 5 < 6 & “true”? 🚀',
    ]);
    expect(bot.complaints).toEqual([]);
  }, 40_000);

  it('4 Check Messenger: everybody is answered when many write at once, and nobody hears another’s answer', async () => {
    const order = {
      page_id: connected.page.page_id,
      customers: 10,
      steps: [
        { act: 'write', text: 'one of many' },
        { wait_for: { text: 'Echo: one of many' } },
        { act: 'get_started', payload: 'GET_STARTED' },
        { wait_for: { text: 'You clicked: GET_STARTED' } },
        { expect_nothing_ms: 200 },
      ],
    };
    const script = await endOf(scriptSchema.parse(await product.facebook.control('scripts.run', order)).script_id);
    expect(script.customers.map(({ failure }) => failure)).toEqual(Array.from({ length: 10 }, () => null));
    expect(script.customers.map(({ received }) => received.length)).toEqual(Array.from({ length: 10 }, () => 2));
    expect(bot.complaints).toEqual([]);
  }, 40_000);

  it('3.6 Page Access Token: neither the bot nor its answers ever needed or showed it', () => {
    expect(product.output).not.toContain(connected.page.page_token);
    expect(JSON.stringify(bot.said)).not.toContain(connected.page.page_token);
  });
});
