import { PAGE_ID, PSID, VERIFY_TOKEN, type Facebook } from './facebook.js';
import type { Receiver } from './receiver.js';
import { startWorld, subscribe, type World } from './start-world.js';

let world: World;
let facebook: Facebook;
let receiver: Receiver;

beforeEach(async () => {
  world = await startWorld();
  ({ facebook, receiver } = world);
});

afterEach(() => world.close());

function posts(): Receiver['received'] {
  return receiver.received.filter(({ method }) => method === 'POST');
}

describe('the verification of a callback URL', () => {
  it('sends mode, challenge and token, and remembers the URL', async () => {
    const answer = await facebook.control('app.subscribe', { callback_url: receiver.url, verify_token: VERIFY_TOKEN });

    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    const query = new URL(String(receiver.received[0]?.url), receiver.url).searchParams;
    expect([...query.keys()].sort()).toEqual(['hub.challenge', 'hub.mode', 'hub.verify_token']);
    expect(query.get('hub.challenge')).toMatch(/^\d+$/);
    expect((await facebook.control('settings')).body).toMatchObject({ callback_url: receiver.url });
  });

  it('fails when the challenge is not echoed, and keeps the former URL', async () => {
    const answer = await facebook.control('app.subscribe', { callback_url: receiver.url, verify_token: 'another' });

    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatchObject({ message: expect.stringContaining('403') as unknown });
    expect((await facebook.control('settings')).body).toMatchObject({ callback_url: null });
  });
});

describe('a signed webhook', () => {
  // Body and digest: openssl dgst -sha256 -hmac test-app-secret
  const raw = String.raw`{"object":"page","entry":[{"id":"108200000000001","time":1763600000123,"messaging":[{"message":{"text":"\u00e4\u00f6\u00e5 https:\/\/a.example\/ \u003C \u0025 \u0040 \ud83d\ude22"}}]}]}`;
  const digest = 'aacbba1e10ac2a7bfb056f70937d463808e1bd04819256826704d17d5f904c89';
  const body = {
    object: 'page',
    entry: [
      { id: PAGE_ID, time: 1763600000123, messaging: [{ message: { text: 'äöå https://a.example/ < % @ 😢' } }] },
    ],
  };

  it.each([
    ['raw bytes', { raw }],
    ['an escaped body', { body }],
  ])('carries the digest that openssl makes of %s', async (_title, order) => {
    await facebook.control('webhooks.post', { ...order, url: receiver.url });

    const [post] = posts();
    expect(post?.raw.toString('latin1')).toBe(raw);
    expect(post?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${digest}`,
    });
  });

  it('can be missing, empty or wrong on demand', async () => {
    for (const signature of ['missing', 'empty', 'wrong']) {
      await facebook.control('webhooks.post', { raw, signature, url: receiver.url });
    }

    expect(posts().map(({ headers }) => headers['x-hub-signature-256'])).toEqual([
      undefined,
      '',
      expect.stringMatching(/^sha256=(?!aacbba1e)[0-9a-f]{64}$/),
    ]);
  });

  it('is posted as many times as ordered', async () => {
    const answer = await facebook.control('webhooks.post', { body: {}, times: 7, parallel: 3, url: receiver.url });

    expect(answer.body['attempts']).toHaveLength(7);
    expect(posts()).toHaveLength(7);
  });
});

describe('a customer', () => {
  it('writes: the page gets a messages webhook in escaped bytes', async () => {
    await subscribe(world, 'messages');
    const order = { page_id: PAGE_ID, psid: PSID, text: 'é/@', mid: 'm_1', timestamp: 1763600000001 };
    const { body } = await facebook.control('customers.write', order);

    expect(body).toMatchObject({ mid: 'm_1', timestamp: 1763600000001, webhook: { outcome: 'delivered' } });
    expect(
      posts()[0]
        ?.raw.toString('latin1')
        .replace(/"time":\d{13}/, '"time":0'),
    ).toBe(
      String.raw`{"object":"page","entry":[{"id":"108200000000001","time":0,"messaging":[{"sender":{"id":"6500000000000011"},"recipient":{"id":"108200000000001"},"timestamp":1763600000001,"message":{"mid":"m_1","text":"\u00e9\/\u0040"}}]}]}`,
    );
  });

  it('is not heard while the page is not subscribed to the field', async () => {
    await subscribe(world, 'message_reads');
    const { body } = await facebook.control('customers.write', { page_id: PAGE_ID, psid: PSID, text: 'hi' });

    expect(body['webhook']).toMatchObject({ outcome: 'not_subscribed' });
    expect(posts()).toHaveLength(0);
  });

  it('reads up to a watermark', async () => {
    await subscribe(world, 'message_reads');
    await facebook.control('customers.read', { page_id: PAGE_ID, psid: PSID, watermark: 1763600000070 });

    expect(receiver.items()).toEqual([
      {
        sender: { id: PSID },
        recipient: { id: PAGE_ID },
        timestamp: expect.any(Number) as unknown,
        read: { watermark: 1763600000070 },
      },
    ]);
  });

  it('gets messages delivered', async () => {
    await subscribe(world, 'message_deliveries');
    await facebook.control('deliver', { page_id: PAGE_ID, psid: PSID, mids: ['m_7'], watermark: 1763600000071 });

    expect(receiver.items()).toEqual([
      { sender: { id: PSID }, recipient: { id: PAGE_ID }, delivery: { mids: ['m_7'], watermark: 1763600000071 } },
    ]);
  });

  it('does anything else as an event', async () => {
    await subscribe(world, 'messaging_postbacks');
    const event = { postback: { mid: 'm_p', title: 'Start', payload: 'GET_STARTED' } };
    await facebook.control('customers.event', { page_id: PAGE_ID, psid: PSID, field: 'messaging_postbacks', event });

    expect(receiver.items()).toMatchObject([{ sender: { id: PSID }, ...event }]);
  });

  it('must exist', async () => {
    const answer = await facebook.control('customers.write', { page_id: PAGE_ID, psid: '1', text: 'hi' });

    expect(answer.status).toBe(400);
  });
});

describe('a webhook that is not answered 200', () => {
  it('is repeated three times at once and then lost', async () => {
    await subscribe(world, 'messages');
    receiver.statuses.push(503, 500, 404, 503);
    const { body } = await facebook.control('customers.write', { page_id: PAGE_ID, psid: PSID, text: 'hi' });

    expect(body['webhook']).toMatchObject({
      outcome: 'lost',
      attempts: [{ status: 503 }, { status: 500 }, { status: 404 }, { status: 503 }],
    });
    expect(new Set(receiver.items().map((item) => JSON.stringify(item))).size).toBe(1);
  });

  it('stops being repeated once it is taken', async () => {
    await subscribe(world, 'messages');
    receiver.statuses.push(503);
    const { body } = await facebook.control('customers.write', { page_id: PAGE_ID, psid: PSID, text: 'hi' });

    expect(body['webhook']).toMatchObject({ outcome: 'delivered', attempts: [{ status: 503 }, { status: 200 }] });
    expect((await facebook.state()).webhooks).toMatchObject([{ field: 'messages', outcome: 'delivered' }]);
  });

  it('counts as failed when no answer comes in time', async () => {
    await subscribe(world, 'messages');
    await facebook.control('settings', { webhook_timeout_ms: 20 });
    receiver.onPost = () => new Promise(() => undefined);
    const { body } = await facebook.control('customers.write', { page_id: PAGE_ID, psid: PSID, text: 'hi' });

    const timeout = { status: null, error: 'timeout' };
    expect(body['webhook']).toMatchObject({ outcome: 'lost', attempts: [timeout, timeout, timeout, timeout] });
  });
});

describe('the order of webhooks', () => {
  it('is kept in a conversation, while another conversation goes on', async () => {
    await subscribe(world, 'messages');
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77' });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    receiver.onPost = () => ({ first: held })[String(textOf(receiver.items().at(-1)))];

    const write = (psid: string, text: string, wait: boolean): Promise<unknown> =>
      facebook.control('customers.write', { page_id: PAGE_ID, psid, text, wait });
    await write(PSID, 'first', false);
    await write(PSID, 'second', false);
    await write('77', 'other', true);
    release();
    await write(PSID, 'third', true);

    expect(receiver.items().map(textOf)).toEqual(['first', 'other', 'second', 'third']);
    const times = receiver
      .items()
      .filter(isFromDemoCustomer)
      .map((item) => Number(item['timestamp']));
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });
});

function textOf(item: Record<string, unknown> | undefined): unknown {
  return (item?.['message'] as { text?: unknown } | undefined)?.text;
}

function isFromDemoCustomer(item: Record<string, unknown>): boolean {
  return (item['sender'] as { id: string }).id === PSID;
}
