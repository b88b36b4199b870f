import type { ChannelConnecting, ChannelCredentials, InspectedChannel, SourceRefusal } from '#libs/channels/kit';
import { APP_ID, connectorTo, credentials, PAGE_ID } from './connected-page.js';
import { json, startGraphServer, type GraphServer, type Respond } from './graph-server.js';

const data = {
  app_id: Number(APP_ID),
  type: 'PAGE',
  is_valid: true,
  profile_id: PAGE_ID,
  expires_at: 0,
  scopes: ['pages_messaging', 'pages_manage_metadata'],
};
const debug = (overrides: object = {}): Respond => json(200, { data: { ...data, ...overrides } });
const exchanged = json(200, { access_token: 'long-token', token_type: 'bearer' });
const page = json(200, { id: PAGE_ID, name: 'Shop', picture: { data: { url: 'https://scontent.example/p.png' } } });
const FIELDS =
  'messages,messaging_postbacks,messaging_optins,message_deliveries,message_reads,message_echoes,message_edits,message_reactions,messaging_referrals,messaging_handovers,messaging_policy_enforcement,messaging_account_linking,messaging_feedback,messaging_customer_information,messaging_game_plays,messaging_in_thread_lead_form_submit,standby,send_cart,message_template_status_update,feed';

let graph: GraphServer;
let connecting: ChannelConnecting;

beforeEach(async () => {
  graph = await startGraphServer();
  ({ connecting } = connectorTo(graph.url));
});

afterEach(() => graph.stop());

const inspect = (overrides: Partial<ChannelCredentials> = {}): Promise<InspectedChannel> =>
  connecting.inspect({ ...credentials, ...overrides });

function refusalOf(call: Promise<unknown>): Promise<SourceRefusal> {
  return call.then(
    () => Promise.reject(new Error('it was not refused')),
    (refusal: unknown) => refusal as SourceRefusal,
  );
}

describe('inspect', () => {
  it('checks the token, exchanges it and asks for the page', async () => {
    graph.respond(debug(), exchanged, page);
    expect(await inspect()).toEqual({ token: 'long-token', name: 'Shop', imageUrl: 'https://scontent.example/p.png' });
    expect(graph.seen).toMatchObject([
      {
        method: 'GET',
        path: '/v25.0/debug_token',
        query: { input_token: 'page-token' },
        headers: { authorization: `Bearer ${APP_ID}|app-secret` },
      },
      { method: 'POST', path: '/v25.0/oauth/access_token', query: {} },
      {
        method: 'GET',
        path: '/v25.0/me',
        query: { fields: 'id,name,picture' },
        headers: { authorization: 'Bearer long-token' },
      },
    ]);
    expect(Object.fromEntries(new URLSearchParams(graph.seen[1]?.body))).toEqual({
      grant_type: 'fb_exchange_token',
      client_id: APP_ID,
      client_secret: 'app-secret',
      fb_exchange_token: 'page-token',
    });
  });

  it('says when the token ends', async () => {
    graph.respond(debug(), json(200, { access_token: 'long-token', expires_in: 5_183_944 }), page);
    const before = Date.now();
    const { tokenExpiresAt } = await inspect();
    expect(Number(tokenExpiresAt) - before - 5_183_944_000).toBeGreaterThanOrEqual(0);
    expect(Number(tokenExpiresAt) - before - 5_183_944_000).toBeLessThan(60_000);
  });

  it('names a page without a name by its number', async () => {
    graph.respond(debug(), exchanged, json(200, { id: PAGE_ID }));
    expect(await inspect()).toEqual({ token: 'long-token', name: PAGE_ID });
  });

  it.each([
    ['a user token', [debug({ type: 'USER' })], 'token_not_page'],
    ['the token of another page', [debug({ profile_id: '9' })], 'token_wrong_page'],
    [
      'the token of another page, seen late',
      [debug({ profile_id: undefined }), exchanged, json(200, { id: '9' })],
      'token_wrong_page',
    ],
    ['the token of another app', [debug({ app_id: 9 })], 'token_invalid'],
    ['a token that lacks a permission', [debug({ scopes: ['pages_messaging'] })], 'permission_missing'],
    [
      'a dead token',
      [json(200, { data: { is_valid: false, error: { code: 190, message: 'expired', subcode: 463 } } })],
      'token_invalid',
    ],
    ['a token that dies in between', [debug(), json(400, { error: { code: 190, message: 'x' } })], 'token_invalid'],
    [
      'a page that may not be read',
      [debug(), exchanged, json(403, { error: { code: 10, message: 'x' } })],
      'permission_missing',
    ],
    [
      'a permission of the 200s',
      [debug(), exchanged, json(403, { error: { code: 283, message: 'x' } })],
      'permission_missing',
    ],
    [
      'a call that needs a page',
      [debug(), exchanged, json(400, { error: { code: 210, message: 'x' } })],
      'token_not_page',
    ],
    ['what Graph refuses', [debug(), json(400, { error: { code: 100, message: 'x' } })], 'graph_refused'],
    ['an app secret that is wrong', [json(400, { error: { code: 190, message: 'x' } })], 'graph_refused'],
    ['a fault of Facebook', [json(500, { error: { code: 2, message: 'x' } })], 'graph_unavailable'],
    ['a proxy without Facebook', [json(502, 'x')], 'graph_unavailable'],
    ['an exchange without a token', [debug(), json(200, {})], 'graph_unavailable'],
  ])('refuses %s', async (_name, responds, code) => {
    graph.respond(...responds);
    expect(await refusalOf(inspect())).toMatchObject({ name: 'SourceRefusal', code });
  });

  it("keeps Facebook's error, without the token", async () => {
    const error = { code: 100, error_subcode: 33, message: 'no page-token', fbtrace_id: 'A1' };
    graph.respond(debug(), json(400, { error }));
    const { sourceError } = await refusalOf(inspect());
    expect(sourceError).toEqual({ code: 100, subcode: 33, message: 'no [secret]', trace: 'A1' });
  });

  it('does not even ask about what can be no token', async () => {
    expect(await refusalOf(inspect({ token: 'two words' }))).toMatchObject({ code: 'token_invalid' });
    expect(graph.seen).toEqual([]);
  });

  it('knows when nobody is there', async () => {
    await graph.stop();
    expect(await refusalOf(inspect())).toMatchObject({ code: 'graph_unavailable' });
  });
});

describe('subscribe', () => {
  const apps = (fields: readonly string[], id: unknown = APP_ID): Respond =>
    json(200, {
      data: [
        { id: '1', subscribed_fields: ['messages'] },
        { id, subscribed_fields: fields },
      ],
    });

  it.each([true, 'true'])('reads back what was subscribed (%p)', async (success) => {
    graph.respond(json(200, { success }), apps(FIELDS.split(','), Number(APP_ID)));
    expect(await connecting.subscribe(credentials)).toEqual(FIELDS.split(','));
    expect(graph.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v25.0/108200000000001/subscribed_apps',
      'GET /v25.0/108200000000001/subscribed_apps',
    ]);
    expect(graph.firstBody()).toMatchObject({ subscribed_fields: FIELDS });
  });

  it('refuses a subscription that holds less', async () => {
    graph.respond(json(200, { success: true }), apps(FIELDS.split(',').slice(2)));
    expect(await refusalOf(connecting.subscribe(credentials))).toMatchObject({
      code: 'graph_refused',
      message: 'Facebook did not subscribe the page to messages, messaging_postbacks.',
    });
  });

  it.each([
    ['another app only', [json(200, { success: true }), apps(FIELDS.split(','), '9')], 'graph_refused'],
    ['no success', [json(200, { success: false })], 'graph_refused'],
    ['a missing permission', [json(403, { error: { code: 200, message: 'x' } })], 'permission_missing'],
  ])('refuses %s', async (_name, responds, code) => {
    graph.respond(...responds);
    expect(await refusalOf(connecting.subscribe(credentials))).toMatchObject({ code });
  });
});

describe('readSubscription', () => {
  const apps = (...data: readonly object[]): Respond => json(200, { data });

  it('says what is held and what is missing, and changes nothing', async () => {
    graph.respond(apps({ id: APP_ID, subscribed_fields: ['messages', 'mention'] }));
    const { fields, missing } = await connecting.readSubscription(credentials);
    expect(fields).toEqual(['messages', 'mention']);
    expect(missing).toEqual(FIELDS.split(',').slice(1));
    expect(graph.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each([
    ['nobody is subscribed', []],
    ['another app is', [{ id: '1', subscribed_fields: FIELDS.split(',') }]],
  ])('misses everything where %s', async (_, data) => {
    graph.respond(apps(...data));
    expect(await connecting.readSubscription(credentials)).toEqual({ fields: [], missing: FIELDS.split(',') });
  });

  it('says when Facebook refuses', async () => {
    graph.respond(json(400, { error: { code: 190, message: 'x' } }));
    expect(await refusalOf(connecting.readSubscription(credentials))).toMatchObject({ code: 'token_invalid' });
  });
});

describe('unsubscribe', () => {
  it('takes the subscription back', async () => {
    graph.respond(json(200, { success: true }));
    await connecting.unsubscribe(credentials);
    expect(graph.seen).toMatchObject([{ method: 'DELETE', path: '/v25.0/108200000000001/subscribed_apps' }]);
  });

  it('says when Facebook refuses', async () => {
    graph.respond(json(400, { error: { code: 190, message: 'x' } }));
    expect(await refusalOf(connecting.unsubscribe(credentials))).toMatchObject({ code: 'token_invalid' });
  });
});
