import { APP_ID, APP_SECRET, PAGE_ID, PSID, type Answer, type Facebook } from './facebook.js';
import { startWorld, type World } from './start-world.js';

const REDIRECT = 'https://shop.example/back';
const INBOX = '263902037430900';

let world: World;
let facebook: Facebook;
let pageToken: string;

beforeEach(async () => {
  world = await startWorld();
  ({ facebook } = world);
  pageToken = await facebook.pageToken();
});

afterEach(() => world.close());

async function logIn(query: Record<string, string> = {}): Promise<URLSearchParams> {
  const parameters = { client_id: APP_ID, redirect_uri: REDIRECT, state: 'st', scope: 'pages_messaging', ...query };
  const url = `${facebook.url}/v25.0/dialog/oauth?${String(new URLSearchParams(parameters))}`;
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  const location = new URL(String(answer.headers.get('location')));
  expect(location.origin + location.pathname).toBe(REDIRECT);
  return location.searchParams;
}

function redeem(code: string, redirectUri = REDIRECT): Promise<Answer> {
  const query = { client_id: APP_ID, client_secret: APP_SECRET, redirect_uri: redirectUri, code };
  return facebook.fetch(`/oauth/access_token?${String(new URLSearchParams(query))}`);
}

describe('a login', () => {
  it('gives a code that is good once, for its redirect_uri, for a token of the user', async () => {
    const back = await logIn();
    const code = String(back.get('code'));
    expect(back.get('state')).toBe('st');

    expect((await redeem(code, 'https://else.example/')).body['error']).toMatchObject({ code: 100 });
    const { body } = await redeem(code);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) as unknown });
    const accounts = await facebook.get('/me/accounts', String(body['access_token']));
    expect(accounts.body['data']).toMatchObject([{ id: PAGE_ID, access_token: expect.any(String) as unknown }]);
    expect((await redeem(code)).body['error']).toMatchObject({ code: 100, error_subcode: 36009 });
  });

  it('is of the user who is named, or denied', async () => {
    await facebook.control('pages.create', { id: '201', user_id: '55' });
    const { body } = await redeem(String((await logIn({ simulated_user: '55' })).get('code')));
    expect((await facebook.get('/me', String(body['access_token']))).body).toMatchObject({ id: '55' });

    const denied = await logIn({ simulated_denial: '1' });
    expect(Object.fromEntries(denied)).toMatchObject({
      error: 'access_denied',
      error_reason: 'user_denied',
      state: 'st',
    });
  });
});

describe('the control of a thread', () => {
  const recipient = { id: PSID };

  function control(call: string, body: Record<string, unknown> = {}): Promise<Answer> {
    return facebook.post(`/v25.0/${PAGE_ID}/${call}_thread_control`, pageToken, { recipient, ...body });
  }

  async function owner(): Promise<unknown> {
    return (await facebook.get('/me/thread_owner', pageToken, { recipient: PSID })).body['data'];
  }

  it('is nobody’s, is taken, passed and taken back', async () => {
    expect(await owner()).toEqual([]);
    expect((await control('take')).body).toEqual({ success: true });
    expect(await owner()).toMatchObject([{ thread_owner: { app_id: APP_ID } }]);

    expect((await control('pass', { target_app_id: INBOX })).body).toEqual({ success: true });
    expect(await owner()).toMatchObject([{ thread_owner: { app_id: INBOX } }]);
    expect((await control('release')).body['error']).toMatchObject({ error_subcode: 2018300 });
    expect((await control('request')).body).toEqual({ success: true });

    await control('take');
    expect((await control('release')).body).toEqual({ success: true });
    expect(await owner()).toEqual([]);
  });

  it('is kept as long as is asked for, up to seven days', async () => {
    await control('extend', { duration: 48 * 3_600 });
    await facebook.control('settings', { clock_offset_ms: 47 * 3_600_000 });
    expect(await owner()).toMatchObject([{ thread_owner: { app_id: APP_ID } }]);
    await facebook.control('settings', { clock_offset_ms: 49 * 3_600_000 });
    expect(await owner()).toEqual([]);

    expect((await control('extend', { duration: 604_801 })).body['error']).toMatchObject({ code: 100 });
  });

  it.each([
    [{ target_app_id: '1' }, { code: 100, error_subcode: 2018164 }],
    [
      { target_app_id: INBOX, recipient: { id: '1' } },
      { code: 100, error_subcode: 2018001 },
    ],
  ])('is not passed with %j', async (body, error) => {
    expect((await control('pass', body)).body['error']).toMatchObject(error);
  });
});

describe('the profile of a page', () => {
  const path = '/v25.0/me/messenger_profile';
  const menu = [{ locale: 'default', call_to_actions: [{ type: 'postback', title: 'Help', payload: 'HELP' }] }];

  it('is written, read and deleted, unnamed properties stay', async () => {
    await facebook.post(path, pageToken, { get_started: { payload: 'START' } });
    expect((await facebook.post(path, pageToken, { persistent_menu: menu })).body).toEqual({ result: 'success' });
    const fields = { fields: 'get_started,persistent_menu,greeting' };
    expect((await facebook.get(path, pageToken, fields)).body).toEqual({
      data: [{ get_started: { payload: 'START' }, persistent_menu: menu }],
    });

    expect((await facebook.delete(path, pageToken, { fields: 'get_started' })).status).toBe(400);
    expect((await facebook.delete(path, pageToken, { fields: '["persistent_menu","get_started"]' })).status).toBe(200);
    expect((await facebook.get(path, pageToken, fields)).body).toEqual({ data: [] });
  });

  it.each([
    ['no property', {}],
    ['a menu without get_started', { persistent_menu: menu }],
    ['a long greeting', { greeting: [{ locale: 'default', text: 'x'.repeat(161) }] }],
    ['five ice breakers', { ice_breakers: Array(5).fill({ question: 'a', payload: 'b' }) }],
    [
      'a nested menu',
      {
        get_started: { payload: 'S' },
        persistent_menu: [{ locale: 'default', call_to_actions: [{ type: 'nested' }] }],
      },
    ],
    ['a menu of one language', { get_started: { payload: 'S' }, persistent_menu: [{ locale: 'fr_FR' }] }],
  ])('is refused with %s', async (_title, profile) => {
    const { status, body } = await facebook.post(path, pageToken, profile);

    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ code: 100 });
  });
});
