import { startSimulator, type RunningSimulator } from '../src/start-simulator.js';
import { APP_ID, APP_SECRET, Facebook, PAGE_ID, proofOf, PSID, until, VERIFY_TOKEN, type Answer } from './facebook.js';
import { startReceiver, type Receiver } from './receiver.js';

const HOUR_MS = 3_600_000;

let simulator: RunningSimulator;
let facebook: Facebook;
let receiver: Receiver;
let pageToken: string;

beforeEach(async () => {
  simulator = await startSimulator({
    appId: APP_ID,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    logLevel: 'silent',
  });
  facebook = new Facebook(simulator.url);
  receiver = await startReceiver(VERIFY_TOKEN);
  pageToken = await facebook.pageToken();
  await facebook.control('app.subscribe', { callback_url: receiver.url });
  await facebook.post('/me/subscribed_apps', pageToken, {
    subscribed_fields: 'message_echoes,message_deliveries,message_reads',
  });
  await facebook.control('customers.write', { page_id: PAGE_ID, psid: PSID, text: 'hello' });
});

afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

function send(body: Record<string, unknown>): Promise<Answer> {
  return facebook.post('/v25.0/me/messages', pageToken, { recipient: { id: PSID }, ...body });
}

function sendMessage(message: unknown): Promise<Answer> {
  return send({ messaging_type: 'RESPONSE', message });
}

const reply = { content_type: 'text', title: 'Yes', payload: 'YES' };

describe('a message', () => {
  it('is refused for an unknown token and for a user token', async () => {
    const body = { recipient: { id: PSID }, message: { text: 'a' } };
    const { userToken } = await facebook.tokens();

    expect((await facebook.post('/me/messages', 'EAAno', body)).body['error']).toMatchObject({ code: 190 });
    expect((await facebook.post('/me/messages', userToken, body)).body['error']).toMatchObject({ code: 210 });
  });

  it('may come as a form with JSON in its fields', async () => {
    const form = new URLSearchParams({
      access_token: pageToken,
      ...proofOf(pageToken),
      recipient: JSON.stringify({ id: PSID }),
      message: JSON.stringify({ text: 'hi' }),
    });

    expect((await facebook.fetch('/me/messages', { method: 'POST', body: form })).status).toBe(200);
  });

  it('is a sender action: answered without a message id', async () => {
    expect((await send({ sender_action: 'typing_on' })).body).toEqual({ recipient_id: PSID });
  });

  it('is recorded with its metadata, and counted when it comes again', async () => {
    await sendMessage({ text: 'hi', metadata: 'p1:1:1' });
    const { body } = await sendMessage({ text: 'hi', metadata: 'p1:1:1' });
    await sendMessage({ text: 'hi', metadata: 'p1:1:2' });
    await sendMessage({ text: '' });

    const { sends, totals } = await facebook.state();
    expect(sends).toMatchObject([
      { metadata: 'p1:1:1', text: 'hi', outcome: 'accepted', count: 1, token_in: 'header', version: 'v25.0' },
      { metadata: 'p1:1:1', outcome: 'accepted', count: 2, mid: body['message_id'] },
      { metadata: 'p1:1:2', outcome: 'accepted', count: 1 },
      { outcome: 'refused', error: { code: 100, subcode: null }, count: 0 },
    ]);
    expect(totals).toMatchObject({ sends: 4, accepted: 3 });
  });
});

describe('the window', () => {
  it.each([
    ['23 hours', 23, {}, 200],
    ['25 hours', 25, {}, 400],
    ['25 hours, by a human', 25, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, 200],
    ['8 days, by a human', 8 * 24, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, 400],
  ])('after %s', async (_title, hours, type, status) => {
    await facebook.control('settings', { clock_offset_ms: hours * HOUR_MS });
    const answer = await send({ message: { text: 'hi' }, ...type });

    expect(answer.status).toBe(status);
  });

  it('is closed for a customer who has not written, with its own error', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77' });
    const answer = await send({ recipient: { id: '77' }, message: { text: 'hi' } });

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 10, error_subcode: 2018278 } } });
  });

  it('is opened by a reaction, not by a read', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77' });
    const who = { page_id: PAGE_ID, psid: '77' };
    await facebook.control('customers.read', who);
    expect((await send({ recipient: { id: '77' }, message: { text: 'hi' } })).status).toBe(400);

    const event = { reaction: { mid: 'm_1', action: 'react', reaction: 'love' } };
    await facebook.control('customers.event', { ...who, field: 'message_reactions', event });
    expect((await send({ recipient: { id: '77' }, message: { text: 'hi' } })).status).toBe(200);
  });
});

describe('what follows a message', () => {
  it('is its echo, then its delivery', async () => {
    const { body } = await sendMessage({ text: 'hi', metadata: 'p1:1:1', quick_replies: [reply] });
    await until(() => receiver.items().length === 2);

    const mid = body['message_id'];
    const [echo, delivery] = receiver.items();
    expect(echo).toEqual({
      sender: { id: PAGE_ID },
      recipient: { id: PSID },
      timestamp: expect.any(Number) as unknown,
      message: { mid, is_echo: true, app_id: 290000000000001, metadata: 'p1:1:1', text: 'hi' },
    });
    expect(delivery).toMatchObject({ sender: { id: PSID }, delivery: { mids: [mid] } });
    const { watermark } = delivery?.['delivery'] as { watermark: number };
    expect(watermark).toBeGreaterThanOrEqual(Number(echo?.['timestamp']));
  });

  it('is a read too when customers read by themselves', async () => {
    await facebook.control('settings', { read: 'auto' });
    await sendMessage({ text: 'hi' });
    await until(() => receiver.items().length === 3);

    expect(receiver.items()[2]).toMatchObject({ read: { watermark: expect.any(Number) as unknown } });
  });

  it('comes before the answer when so set', async () => {
    await facebook.control('settings', { echo: 'before', delivery: 'off' });
    const order: string[] = [];
    receiver.onPost = () => void order.push('echo');
    await sendMessage({ text: 'hi' });
    order.push('answer');

    expect(order).toEqual(['echo', 'answer']);
  });

  it('comes after the answer otherwise', async () => {
    await facebook.control('settings', { echo: 'after', delivery: 'off' });
    // The answer arrives although the echo is never taken.
    receiver.onPost = () => new Promise(() => undefined);

    expect((await sendMessage({ text: 'hi' })).status).toBe(200);
    await until(() => receiver.items().length === 1);
  });

  it('is nothing when switched off', async () => {
    await facebook.control('settings', { echo: 'off', delivery: 'off' });
    await sendMessage({ text: 'hi' });
    await facebook.control('customers.read', { page_id: PAGE_ID, psid: PSID });

    expect(receiver.items()).toMatchObject([{ read: {} }]);
  });
});

describe('the answer', () => {
  it('is late when so set, though the message is taken at once', async () => {
    await facebook.control('settings', { latencyMs: 100, usage_headers: { 'X-App-Usage': '{"call_count":28}' } });
    const startedAt = performance.now();
    const answer = await sendMessage({ text: 'hi' });

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
    expect(answer.headers.get('x-app-usage')).toBe('{"call_count":28}');
  });
});

describe('a fault', () => {
  it.each([
    ['500', {}, 500, { code: 2, is_transient: true }],
    ['429', {}, 429, { code: 4 }],
    ['190', {}, 400, { code: 190, error_subcode: 460 }],
    ['refuse', { code: 551, subcode: 1545041 }, 400, { code: 551, error_subcode: 1545041 }],
  ])('%s refuses, once', async (mode, details, status, error) => {
    await facebook.control('faults', { path: 'messages', mode, ...details });

    expect(await sendMessage({ text: 'hi' })).toMatchObject({ status, body: { error } });
    expect((await sendMessage({ text: 'hi' })).status).toBe(200);
    expect((await facebook.state()).sends).toMatchObject([
      { outcome: 'refused', fault: mode },
      { outcome: 'accepted' },
    ]);
  });

  it('accept_then_500 takes the message and denies it', async () => {
    await facebook.control('faults', { mode: 'accept_then_500' });

    expect((await sendMessage({ text: 'hi' })).status).toBe(500);
    await until(() => receiver.items().length === 2);
    expect((await facebook.state()).sends).toMatchObject([{ outcome: 'accepted', count: 1 }]);
  });

  it.each([
    ['accept_then_hang', 'accepted', 2],
    ['hang', 'open', 0],
  ])('%s never answers', async (mode, outcome, webhooks) => {
    await facebook.control('faults', { mode });
    const abort = new AbortController();
    const init = {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${pageToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...proofOf(pageToken), recipient: { id: PSID }, message: { text: 'hi' } }),
    };
    const answer = facebook.fetch('/me/messages', init);
    await until(async () => (await facebook.state()).sends[0]?.['outcome'] === outcome);
    await until(() => receiver.items().length === webhooks);
    abort.abort();

    await expect(answer).rejects.toThrow('abort');
  });

  it.each(['garbage', 'half'])('%s spoils the answer of an accepted message', async (mode) => {
    await facebook.control('faults', { mode });

    await expect(sendMessage({ text: 'hi' })).rejects.toThrow();
    await until(() => receiver.items().length === 2);
    expect((await facebook.state()).sends).toMatchObject([{ outcome: 'accepted', fault: mode }]);
  });

  it('meets one recipient only, if so ordered, as often as ordered', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77', last_wrote_at: Date.now() });
    await facebook.control('faults', { mode: '500', recipient_id: '77', times: 2 });
    const toOther = { recipient: { id: '77' }, message: { text: 'hi' } };

    expect((await sendMessage({ text: 'hi' })).status).toBe(200);
    expect((await send(toOther)).status).toBe(500);
    expect((await send(toOther)).status).toBe(500);
    expect((await send(toOther)).status).toBe(200);
  });

  it('meets other paths too', async () => {
    await facebook.control('faults', { path: 'subscribed_apps', mode: '500' });

    expect((await facebook.get('/me/subscribed_apps', pageToken)).status).toBe(500);
  });
});
