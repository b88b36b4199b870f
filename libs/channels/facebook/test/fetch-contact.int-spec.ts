import type { ContactAnswer } from '#libs/channels/kit';
import { connectorTo, credentials } from './connected-page.js';
import { json, startGraphServer, startRawServer, type GraphServer } from './graph-server.js';

const PSID = '6500000000000011';

let graph: GraphServer;

beforeEach(async () => {
  graph = await startGraphServer();
});

afterEach(() => graph.stop());

const fetchContact = (sourceContactId = PSID, url = graph.url): Promise<ContactAnswer> =>
  connectorTo(url).contacts.fetch({ credentials, sourceContactId });
const refusal = (status: number, error: object, headers: Record<string, string> = {}): ReturnType<typeof json> =>
  json(status, { error: { message: 'No', type: 'OAuthException', ...error } }, headers);

describe('the profile of a contact', () => {
  // https://developers.facebook.com/docs/messenger-platform/identity/user-profile
  it('is asked for by id, with proof and without a token in the URL', async () => {
    graph.respond(
      json(200, {
        id: PSID,
        first_name: 'Ana',
        last_name: 'Lima',
        name: 'Ana Lima',
        profile_pic: 'https://platform-lookaside.fbsbx.com/platform/profilepic/?psid=65&ext=1&hash=A',
        locale: 'pt_BR',
        timezone: -3,
      }),
    );
    expect(await fetchContact()).toEqual({
      kind: 'found',
      contact: {
        display_name: 'Ana Lima',
        first_name: 'Ana',
        last_name: 'Lima',
        avatar_url: 'https://platform-lookaside.fbsbx.com/platform/profilepic/?psid=65&ext=1&hash=A',
        locale: 'pt_BR',
        timezone: -3,
      },
    });
    expect(graph.seen).toMatchObject([
      {
        method: 'GET',
        path: `/v25.0/${PSID}`,
        headers: { authorization: 'Bearer page-token' },
        query: {
          fields: 'first_name,last_name,name,profile_pic,locale,timezone',
          // python3: hmac.new(b'app-secret', b'page-token', sha256)
          appsecret_proof: 'd8b448b9cc7d64c51098271805b3cc20b5b715e52bd587eb71b610259587c856',
        },
      },
    ]);
    expect(JSON.stringify(graph.seen[0]?.query)).not.toContain('page-token');
  });

  it.each([
    [
      { first_name: 'Ana', last_name: 'Lima' },
      { display_name: 'Ana Lima', first_name: 'Ana', last_name: 'Lima' },
    ],
    [{ first_name: ' Ana ' }, { display_name: 'Ana', first_name: 'Ana' }],
    [{ name: 'A\u0000na \uD800' }, { display_name: 'A\uFFFDna \uFFFD' }],
    [{ name: 'Ana', profile_pic: 'javascript:alert(1)', timezone: '5', locale: 7 }, { display_name: 'Ana' }],
    [
      { timezone: 5.5, profile_pic: 'http://x.example/a.png' },
      { timezone: 5.5, avatar_url: 'http://x.example/a.png' },
    ],
  ])('shows of %j what can be shown', async (profile, contact) => {
    graph.respond(json(200, { id: PSID, ...profile }));
    expect(await fetchContact()).toEqual({ kind: 'found', contact });
  });

  it('is asked for again without the fields that need a permission of their own', async () => {
    graph.respond(
      refusal(403, { code: 100, error_subcode: 2018247 }),
      json(200, { id: PSID, name: 'Ana Lima', first_name: 'Ana' }),
    );
    expect(await fetchContact()).toEqual({
      kind: 'found',
      contact: { display_name: 'Ana Lima', first_name: 'Ana' },
    });
    expect(graph.seen.map(({ query }) => query['fields'])).toEqual([
      'first_name,last_name,name,profile_pic,locale,timezone',
      'first_name,last_name,name,profile_pic',
    ]);
  });

  it('is not asked for where there is none', async () => {
    expect(await fetchContact('user_ref:chk-5d2')).toMatchObject({ kind: 'unavailable' });
    expect(graph.seen).toEqual([]);
  });

  it.each([
    ['an empty object', json(200, {})],
    ['nothing but the id', json(200, { id: PSID })],
    ['no profile for a phone number', refusal(400, { code: 100, error_subcode: 2018218 })],
    ['the same as a code', refusal(400, { code: 2018218 })],
    ['no field is permitted', refusal(400, { code: 2018247 })],
    ['nobody under this id', refusal(400, { code: 100, error_subcode: 33 })],
    ['no permission', refusal(403, { code: 10 })],
    ['a refusal in a 200', refusal(200, { code: 100, error_subcode: 33 })],
  ])('is unavailable: %s', async (_name, respond) => {
    graph.respond(respond);
    expect(await fetchContact()).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['a 500 with an error of Facebook’s own', refusal(500, { code: 2, is_transient: true })],
    ['a transient refusal', refusal(400, { code: 4711, is_transient: true })],
    ['a 502 without JSON', json(502, 'Bad gateway')],
    ['garbage', json(200, 'Hello')],
  ])('is asked for later: %s', async (_name, respond) => {
    graph.respond(respond);
    expect(await fetchContact()).toMatchObject({ kind: 'later', isWholeChannel: false });
  });

  it('is asked for later when the connection is lost, without a word of the token', async () => {
    const server = await startRawServer((socket) => socket.once('data', () => socket.destroy()));
    const answer = await fetchContact(PSID, server.url);
    await server.stop();
    expect(answer).toMatchObject({ kind: 'later', isWholeChannel: false });
    expect(JSON.stringify(answer)).not.toContain('page-token');
  });

  it('makes the whole page wait where Facebook cannot be reached', async () => {
    const { url } = graph;
    await graph.stop();
    expect(await fetchContact(PSID, url)).toMatchObject({ kind: 'later', isWholeChannel: true });
  });

  it.each([
    ['a 429 that says nothing', json(429, {}), 60_000],
    ['a limit of the app', refusal(400, { code: 4 }), 60_000],
    ['a limit of the page', refusal(403, { code: 613 }, { 'retry-after': '7' }), 7_000],
    [
      'a limit that ends in minutes',
      refusal(400, { code: 80006 }, { 'x-business-use-case-usage': '{"1":[{"estimated_time_to_regain_access":3}]}' }),
      180_000,
    ],
  ])('makes the whole page wait for %s', async (_name, respond, delayMs) => {
    graph.respond(respond);
    expect(await fetchContact()).toMatchObject({ kind: 'later', isWholeChannel: true, delayMs });
  });

  it('needs a page connected again where the token is refused', async () => {
    graph.respond(refusal(401, { code: 190, error_subcode: 460, message: 'Malformed access token page-token' }));
    const answer = await fetchContact();
    expect(answer).toMatchObject({ kind: 'reauth', reason: '190/460 Malformed access token [secret]' });
  });
});
