import { APP_ID, APP_SECRET, PAGE_ID, PSID, type Answer, type Facebook } from './facebook.js';
import { startWorld, type World } from './start-world.js';

let world: World;
let facebook: Facebook;
let pageToken: string;
let userToken: string;

beforeEach(async () => {
  world = await startWorld();
  ({ facebook } = world);
  ({ pageToken, userToken } = await facebook.tokens());
});

afterEach(() => world.close());

function exchange(token: string, secret = APP_SECRET): Promise<Answer> {
  const query = new URLSearchParams({
    grant_type: 'fb_exchange_token',
    client_id: APP_ID,
    client_secret: secret,
    fb_exchange_token: token,
  });
  return facebook.fetch(`/v25.0/oauth/access_token?${String(query)}`);
}

async function debug(token: string): Promise<unknown> {
  const answer = await facebook.get('/debug_token', `${APP_ID}|${APP_SECRET}`, { input_token: token });
  return answer.body['data'];
}

describe('the exchange of a token', () => {
  it('gives a page token that never ends for a page token', async () => {
    const { body } = await exchange(pageToken);

    expect(body).toEqual({ access_token: expect.any(String) as unknown, token_type: 'bearer' });
    expect(body['access_token']).not.toBe(pageToken);
    expect(await debug(String(body['access_token']))).toMatchObject({
      app_id: APP_ID,
      type: 'PAGE',
      is_valid: true,
      expires_at: 0,
      profile_id: PAGE_ID,
      scopes: expect.arrayContaining(['pages_messaging']) as unknown,
    });
  });

  it('gives a user token of sixty days for a user token', async () => {
    const { body } = await exchange(userToken);

    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 5_184_000 });
    expect(await debug(String(body['access_token']))).toMatchObject({ type: 'USER', is_valid: true });
  });

  it('is refused with a wrong app secret', async () => {
    const { status, body } = await exchange(pageToken, 'wrong');

    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ type: 'OAuthException', code: 1 });
  });

  it('is refused for an unknown token', async () => {
    expect((await exchange('EAAunknown')).body['error']).toMatchObject({ code: 190 });
  });

  it('gives the same token again after a restart', async () => {
    const before = (await exchange(pageToken)).body['access_token'];
    await world.close();
    world = await startWorld();
    ({ facebook } = world);

    expect((await facebook.get('/me', String(before))).body).toEqual({ id: PAGE_ID, name: 'Demo Page' });
  });
});

describe('an access token', () => {
  it('is taken from header, body and query', async () => {
    await facebook.control('settings', { requireProof: false });
    const form = {
      method: 'POST',
      body: new URLSearchParams({ access_token: pageToken, subscribed_fields: 'messages' }),
    };

    expect((await facebook.fetch('/me', { headers: { authorization: `Bearer ${pageToken}` } })).status).toBe(200);
    expect((await facebook.fetch(`/v24.0/me?access_token=${pageToken}`)).status).toBe(200);
    expect((await facebook.fetch('/me/subscribed_apps', form)).body).toEqual({ success: true });
  });

  it('is required', async () => {
    expect((await facebook.fetch('/me')).body['error']).toMatchObject({ code: 2500 });
  });

  it('needs a proof, the right one', async () => {
    const headers = { authorization: `Bearer ${pageToken}` };

    for (const path of ['/me', '/me?appsecret_proof=00']) {
      const { status, body } = await facebook.fetch(path, { headers });
      expect(status).toBe(400);
      expect(body['error']).toMatchObject({
        code: 100,
        message: expect.stringContaining('appsecret_proof') as unknown,
      });
    }
  });

  it('takes the proof that openssl makes', async () => {
    // printf %s test-token | openssl dgst -sha256 -hmac test-app-secret; an unknown token fails as such, not by its proof.
    const proof = '1ffbd1de283674b73b070b72f8e9d46c5ed998bd8a6b715fe09a7dc0abdb91e0';
    const { body } = await facebook.fetch(`/me?access_token=test-token&appsecret_proof=${proof}`);

    expect(body['error']).toMatchObject({ code: 190 });
  });

  it('ends with its page renewed, and says why', async () => {
    const { body } = await facebook.control('pages.renew_tokens', { page_id: PAGE_ID, subcode: 460 });

    const refused = await facebook.get('/me', pageToken);
    expect(refused.body['error']).toMatchObject({ code: 190, error_subcode: 460 });
    expect(await debug(pageToken)).toMatchObject({ is_valid: false, error: { code: 190, subcode: 460 } });
    expect((await facebook.get('/me', String(body['page_token']))).status).toBe(200);
  });

  it('expires by the clock of the simulated Facebook', async () => {
    await facebook.control('settings', { clock_offset_ms: 31 * 86_400_000 });

    const { headers, body } = await facebook.get('/me', pageToken);
    expect(body['error']).toMatchObject({ code: 190, error_subcode: 463 });
    expect(Date.parse(String(headers.get('date'))) - Date.now()).toBeGreaterThan(30 * 86_400_000);
  });
});

describe('a node', () => {
  it('is the page for a page token, the user for a user token', async () => {
    const fields = { fields: 'id,name,picture{url}' };

    expect((await facebook.get('/v25.0/me', pageToken, fields)).body).toMatchObject({
      id: PAGE_ID,
      name: 'Demo Page',
      picture: { data: { url: expect.stringMatching(/^https:/) as unknown } },
    });
    expect((await facebook.get('/me', userToken)).body).toMatchObject({ name: 'Demo User' });
  });

  it('gives the token of an own page to its user', async () => {
    expect((await facebook.get(`/${PAGE_ID}`, userToken, { fields: 'access_token' })).body).toEqual({
      id: PAGE_ID,
      access_token: pageToken,
    });
  });

  it('is the profile of a customer', async () => {
    const { body } = await facebook.get(`/${PSID}`, pageToken, { fields: 'first_name,last_name,name,profile_pic' });

    expect(body).toMatchObject({ id: PSID, first_name: 'Ana', last_name: 'Example', name: 'Ana Example' });
  });

  it('is an empty object for a profile that is not open', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77', profile: 'hidden' });

    expect((await facebook.get('/77', pageToken)).body).toEqual({});
  });

  it.each([
    ['/999', {}, { code: 100, error_subcode: 33 }],
    ['/me', { fields: 'shoe_size' }, { code: 100 }],
  ])('is refused as %s with %j', async (path, query, error) => {
    const { status, body } = await facebook.get(path, pageToken, query);

    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ ...error, fbtrace_id: expect.any(String) as unknown });
  });

  it('lists the pages of a user, cursor by cursor, those of a business apart', async () => {
    await facebook.control('pages.create', { id: '201', name: 'Second' });
    await facebook.control('pages.create', { id: '202', name: 'Of a business', business_id: '900' });

    const first = await facebook.get('/me/accounts', userToken, { limit: '1', fields: 'id,name' });
    expect(first.body['data']).toEqual([{ id: PAGE_ID, name: 'Demo Page' }]);
    const { next } = first.body['paging'] as { next: string };
    const second = await facebook.fetch(next.replace(facebook.url, ''));
    expect(second.body['data']).toEqual([{ id: '201', name: 'Second' }]);
    expect(second.body['paging']).not.toHaveProperty('next');

    expect((await facebook.get('/me/businesses', userToken)).body['data']).toMatchObject([{ id: '900' }]);
    expect((await facebook.get('/900/owned_pages', userToken)).body['data']).toMatchObject([{ id: '202' }]);
  });

  it('is refused under a path nobody knows', async () => {
    expect((await facebook.fetch('/me/this/that')).body['error']).toMatchObject({ code: 2500 });
  });
});

describe('a subscription', () => {
  it('is replaced by the next and read back', async () => {
    await facebook.post(`/v25.0/${PAGE_ID}/subscribed_apps`, pageToken, {
      subscribed_fields: 'messages,message_reads',
    });
    const answer = await facebook.post('/me/subscribed_apps', pageToken, { subscribed_fields: ['message_echoes'] });

    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect((await facebook.get('/me/subscribed_apps', pageToken)).body['data']).toMatchObject([
      { id: APP_ID, subscribed_fields: ['message_echoes'] },
    ]);
  });

  it('ends with DELETE', async () => {
    await facebook.post('/me/subscribed_apps', pageToken, { subscribed_fields: 'messages' });
    await facebook.control('settings', { require_proof: false });
    const headers = { authorization: `Bearer ${pageToken}` };
    const answer = await facebook.fetch('/me/subscribed_apps', { method: 'DELETE', headers });

    expect(answer.body).toEqual({ success: true });
    expect((await facebook.get('/me/subscribed_apps', pageToken)).body).toEqual({ data: [] });
  });

  it('is refused for an unknown field, and stays as it was', async () => {
    await facebook.post('/me/subscribed_apps', pageToken, { subscribed_fields: 'messages' });
    const answer = await facebook.post('/me/subscribed_apps', pageToken, { subscribed_fields: 'messages,telepathy' });

    expect(answer.body['error']).toMatchObject({ code: 100, message: expect.stringContaining('telepathy') as unknown });
    expect((await facebook.state()).pages[0]?.subscribed_fields).toEqual(['messages']);
  });

  it('needs its permissions', async () => {
    const { body } = await facebook.control('pages.create', { scopes: ['pages_messaging'] });
    const token = String(body['page_token']);
    const answer = await facebook.post('/me/subscribed_apps', token, { subscribed_fields: 'messages' });

    expect(answer).toMatchObject({ status: 403, body: { error: { code: 200 } } });
  });

  it('needs the token of that page', async () => {
    const fields = { subscribed_fields: 'messages' };

    expect((await facebook.post('/me/subscribed_apps', userToken, fields)).body['error']).toMatchObject({ code: 210 });
    expect((await facebook.post('/999/subscribed_apps', pageToken, fields)).body['error']).toMatchObject({ code: 100 });
  });
});
