import { PAGE_ID, proofOf, PSID, until, type Facebook } from './facebook.js';
import type { Receiver } from './receiver.js';
import { startWorld, type World } from './start-world.js';

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

describe('a fault', () => {
  it.each([
    ['500', {}, 500, { code: 2, is_transient: true }],
    ['429', {}, 429, { code: 4 }],
    ['190', {}, 400, { code: 190, error_subcode: 460 }],
    ['refuse', { code: 551, subcode: 1545041 }, 400, { code: 551, error_subcode: 1545041 }],
  ])('%s refuses, once', async (mode, details, status, error) => {
    await facebook.control('faults', { path: 'messages', mode, ...details });

    expect(await facebook.sendMessage({ text: 'hi' })).toMatchObject({ status, body: { error } });
    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(200);
    expect((await facebook.state()).sends).toMatchObject([
      { outcome: 'refused', fault: mode },
      { outcome: 'accepted' },
    ]);
  });

  it('accept_then_500 takes the message and denies it', async () => {
    await facebook.control('faults', { mode: 'accept_then_500' });

    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(500);
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

    await expect(facebook.sendMessage({ text: 'hi' })).rejects.toThrow();
    await until(() => receiver.items().length === 2);
    expect((await facebook.state()).sends).toMatchObject([{ outcome: 'accepted', fault: mode }]);
  });

  it('meets one recipient only, if so ordered, as often as ordered', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77', last_wrote_at: Date.now() });
    await facebook.control('faults', { mode: '500', recipient_id: '77', times: 2 });
    const toOther = { recipient: { id: '77' }, message: { text: 'hi' } };

    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(200);
    expect((await facebook.send(toOther)).status).toBe(500);
    expect((await facebook.send(toOther)).status).toBe(500);
    expect((await facebook.send(toOther)).status).toBe(200);
  });

  it('meets other paths too', async () => {
    await facebook.control('faults', { path: 'subscribed_apps', mode: '500' });

    expect((await facebook.get('/me/subscribed_apps', pageToken)).status).toBe(500);
  });

  it('429 says when to come back, if so ordered, and how much was used', async () => {
    const headers = { 'X-Page-Usage': '{"call_count":100}' };
    await facebook.control('faults', { mode: '429' });
    await facebook.control('faults', { mode: '429', retry_after: 30, headers });

    expect((await facebook.sendMessage({ text: 'hi' })).headers.get('retry-after')).toBeNull();
    const answer = await facebook.sendMessage({ text: 'hi' });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(answer.headers.get('x-page-usage')).toBe('{"call_count":100}');
  });

  it('reset cuts the connection before anything is taken', async () => {
    await facebook.control('faults', { mode: 'reset' });

    await expect(facebook.sendMessage({ text: 'hi' })).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect((await facebook.state()).sends).toMatchObject([{ outcome: 'open', fault: 'reset' }]);
  });

  it('slow takes its time and is otherwise right', async () => {
    await facebook.control('faults', { mode: 'slow', delay_ms: 100 });
    const startedAt = performance.now();

    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
  });

  it('meets one page and one method only, if so ordered, and shows what is left', async () => {
    await facebook.control('faults', {
      path: 'subscribed_apps',
      method: 'POST',
      page_id: PAGE_ID,
      mode: '500',
      times: 5,
    });
    const other = String((await facebook.control('pages.create', { id: '201' })).body['page_token']);
    const fields = { subscribed_fields: 'messages' };

    expect((await facebook.get('/me/subscribed_apps', pageToken)).status).toBe(200);
    expect((await facebook.post('/me/subscribed_apps', other, fields)).status).toBe(200);
    expect((await facebook.post('/me/subscribed_apps', pageToken, fields)).status).toBe(500);
    expect((await facebook.control('faults.list')).body['faults']).toMatchObject([{ times_left: 4 }]);
  });
});

describe('a refusal on demand', () => {
  // Code and subcode: https://developers.facebook.com/docs/messenger-platform/error-codes; status where clients saw one.
  it.each([
    [1, undefined, 500, true],
    [2, undefined, 500, true],
    [3, undefined, 403, false],
    [4, undefined, 400, true],
    [4, 2018022, 400, true],
    [10, 2018278, 400, false],
    [10, 2018108, 400, false],
    [10, 1893063, 400, true],
    [32, undefined, 400, true],
    [100, undefined, 400, false],
    [100, 2018001, 400, false],
    [100, 2018008, 400, true],
    [100, 2018109, 400, false],
    [190, 460, 400, false],
    [200, undefined, 403, false],
    [200, 1545041, 403, false],
    [230, undefined, 403, false],
    [368, undefined, 400, false],
    [551, 1545041, 400, false],
    [613, undefined, 400, true],
    [613, 2018338, 400, false],
    [1200, undefined, 400, true],
    [80006, undefined, 400, true],
    [2018300, undefined, 400, false],
  ])('is %s/%s with status %s', async (code, subcode, status, isTransient) => {
    await facebook.control('faults', { mode: 'refuse', code, subcode });
    const answer = await facebook.sendMessage({ text: 'hi' });

    expect(answer.status).toBe(status);
    const members = { message: new RegExp(`^\\(#${String(code)}\\) \\S`), fbtrace_id: /^A/ };
    expect(answer.body['error']).toMatchObject({
      type: 'OAuthException',
      code,
      message: expect.stringMatching(members.message) as unknown,
      fbtrace_id: expect.stringMatching(members.fbtrace_id) as unknown,
    });
    expect(Object.entries(answer.body['error'] as object)).toEqual(
      expect.arrayContaining([...entryIf('error_subcode', subcode), ...entryIf('is_transient', isTransient)]),
    );
    expect(answer.headers.get('www-authenticate')).toContain(`(#${String(code)})`);
  });

  it('has its own row for every pair it lists', async () => {
    const { errors } = (await facebook.control('errors')).body as {
      errors: { code: number; subcode: number | null }[];
    };
    const pairs = errors.map(({ code, subcode }) => `${String(code)}/${String(subcode)}`);

    expect(pairs.length).toBeGreaterThan(90);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it('takes any other code, text and status, even 200', async () => {
    await facebook.control('faults', { mode: 'refuse', code: 4711, message: 'é "no"', status: 200 });

    expect(await facebook.sendMessage({ text: 'hi' })).toMatchObject({ status: 200, body: { error: { code: 4711 } } });
  });
});

/** As an entry of the error, if it should be there. */
function entryIf(name: string, value: unknown): unknown[] {
  return value === undefined || value === false ? [] : [[name, value]];
}
