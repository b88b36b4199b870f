import { PAGE_ID, proofOf, PSID, until, type Facebook } from './facebook.js';
import type { Receiver } from './receiver.js';
import { startWorld, type World } from './start-world.js';

const HOUR_MS = 3_600_000;

let world: World;
let facebook: Facebook;
let receiver: Receiver;
let pageToken: string;

beforeEach(async () => {
  world = await startWorld('message_echoes,message_deliveries,message_reads');
  ({ facebook, receiver } = world);
  pageToken = await facebook.pageToken();
  await facebook.act('write', { text: 'hello' });
});

afterEach(() => world.close());

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
    expect((await facebook.send({ sender_action: 'typing_on' })).body).toEqual({ recipient_id: PSID });
  });

  it('is recorded with its metadata, and counted when it comes again', async () => {
    await facebook.sendMessage({ text: 'hi', metadata: 'p1:1:1' });
    const { body } = await facebook.sendMessage({ text: 'hi', metadata: 'p1:1:1' });
    await facebook.sendMessage({ text: 'hi', metadata: 'p1:1:2' });
    await facebook.sendMessage({ text: '' });

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
    const answer = await facebook.send({ message: { text: 'hi' }, ...type });

    expect(answer.status).toBe(status);
  });

  it('is closed for a customer who has not written, with its own error', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77' });
    const answer = await facebook.send({ recipient: { id: '77' }, message: { text: 'hi' } });

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 10, error_subcode: 2018278 } } });
  });

  it('is opened by a reaction, not by a read', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77' });
    const who = { page_id: PAGE_ID, psid: '77' };
    await facebook.control('customers.read', who);
    expect((await facebook.send({ recipient: { id: '77' }, message: { text: 'hi' } })).status).toBe(400);

    const event = { reaction: { mid: 'm_1', action: 'react', reaction: 'love' } };
    await facebook.control('customers.event', { ...who, field: 'message_reactions', event });
    expect((await facebook.send({ recipient: { id: '77' }, message: { text: 'hi' } })).status).toBe(200);
  });
});

describe('what follows a message', () => {
  it('is its echo, then its delivery', async () => {
    const { body } = await facebook.sendMessage({ text: 'hi', metadata: 'p1:1:1', quick_replies: [reply] });
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
    await facebook.sendMessage({ text: 'hi' });
    await until(() => receiver.items().length === 3);

    expect(receiver.items()[2]).toMatchObject({ read: { watermark: expect.any(Number) as unknown } });
  });

  it('comes before the answer when so set', async () => {
    await facebook.control('settings', { echo: 'before', delivery: 'off' });
    const order: string[] = [];
    receiver.onPost = () => void order.push('echo');
    await facebook.sendMessage({ text: 'hi' });
    order.push('answer');

    expect(order).toEqual(['echo', 'answer']);
  });

  it('comes after the answer otherwise', async () => {
    await facebook.control('settings', { echo: 'after', delivery: 'off' });
    // The answer arrives although the echo is never taken.
    receiver.onPost = () => new Promise(() => undefined);

    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(200);
    await until(() => receiver.items().length === 1);
  });

  it('is nothing when switched off', async () => {
    await facebook.control('settings', { echo: 'off', delivery: 'off' });
    await facebook.sendMessage({ text: 'hi' });
    await facebook.control('customers.read', { page_id: PAGE_ID, psid: PSID });

    expect(receiver.items()).toMatchObject([{ read: {} }]);
  });
});

describe('the answer', () => {
  it('is late when so set, though the message is taken at once', async () => {
    await facebook.control('settings', { latencyMs: 100, usage_headers: { 'X-App-Usage': '{"call_count":28}' } });
    const startedAt = performance.now();
    const answer = await facebook.sendMessage({ text: 'hi' });

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
    expect(answer.headers.get('x-app-usage')).toBe('{"call_count":28}');
  });
});
