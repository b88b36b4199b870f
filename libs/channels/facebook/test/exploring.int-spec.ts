import {
  SourceRefusal,
  type ChannelCall,
  type ChannelConnector,
  type ChannelHouse,
  type SourceApp,
} from '#libs/channels/kit';
import { only, present } from '../../../../test/harness/only.js';
import { connectorTo, credentials } from './connected-page.js';
import { json, startGraphServer, type GraphServer, type Respond, type SeenRequest } from './graph-server.js';

const own = credentials.app;
const other: SourceApp = { appId: '290000000000002', secrets: ['other-secret'], verifyToken: '', workspaceId: 'w' };
const WORKSPACE = '019aa000-0000-7000-8000-0000000000a1';

interface Listed {
  readonly page_id: string;
  readonly name: string;
  readonly image_url: string | null;
  readonly connected: boolean;
}

type Lists = Readonly<Record<string, Respond>>;

let graph: GraphServer;
let connector: ChannelConnector;

beforeEach(async () => {
  graph = await startGraphServer();
  connector = connectorTo(graph.url);
});

afterEach(() => graph.stop());

/** Answers by the path below the version; a list that is not named is empty. */
function serve(lists: Lists): void {
  const all: Lists = {
    debug_token: json(200, { data: { app_id: own.appId, type: 'USER', is_valid: true } }),
    ...lists,
  };
  graph.respond((response, seen) => {
    const path = seen.path.replace('/v25.0/', '');
    (all[path] ?? json(200, { data: [] }))(response, seen);
  });
}

const node = (id: string, name = `Page ${id}`): object => ({ id, name, access_token: 'EAApageToken00000' });

/** A list that Facebook gives in parts: each leads to the next by a cursor. */
const inParts =
  (...parts: readonly object[][]): Respond =>
  (response, seen) => {
    const part = Number(seen.query['after'] ?? 0);
    const next = part + 1 < parts.length ? { next: 'http://127.0.0.1:1/?access_token=EAAuser' } : {};
    const paging = { cursors: { before: 'x', after: String(part + 1) }, ...next };
    json(200, { data: parts[part], paging })(response, seen);
  };

async function explore(body: object = { auth_token: 'user-token' }, apps = [own]): Promise<readonly Listed[]> {
  const call = only(connector.calls.filter(({ name }) => name === 'channels.facebook.explore'));
  const unasked = (): Promise<never> => Promise.reject(new Error('nobody should ask this'));
  const house: ChannelHouse = {
    connect: unasked,
    disconnect: unasked,
    apps: () => Promise.resolve(apps),
    connected: (_workspaceId, ids) => Promise.resolve(new Set(ids.filter((id) => id === '2'))),
  };
  const answer = await call.run(house, WORKSPACE, call.request.parse(body));
  return (present(call.answer, 'the answer').parse(answer) as { data: Listed[] }).data;
}

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'nothing was refused',
    (error: unknown) => error,
  );

const faultsOf = ({ request }: ChannelCall, body: object): string[] =>
  (request.safeParse(body).error?.issues ?? []).map(({ path }) => path.join('.'));

const calls = (seen: readonly SeenRequest[]): string[] =>
  seen.map(({ method, path, query }) => `${method} ${path.replace('/v25.0/', '')} ${query['after'] ?? ''}`.trim());

describe('channels.facebook.explore', () => {
  it('lists the pages of the user and of every business, each once, all parts followed', async () => {
    serve({
      'me/accounts': inParts([node('1', 'One')], [node('2', 'Two')]),
      'me/businesses': inParts([{ id: '71' }], [{ id: '72' }]),
      '71/owned_pages': inParts(
        [node('2', 'Two')],
        [{ ...node('3', 'Three'), picture: { data: { url: 'https://x/3' } } }],
      ),
      '72/owned_pages': inParts([{ id: 4 }]),
    });
    expect(await explore()).toEqual([
      { page_id: '1', name: 'One', image_url: null, connected: false },
      { page_id: '2', name: 'Two', image_url: null, connected: true },
      { page_id: '3', name: 'Three', image_url: 'https://x/3', connected: false },
      { page_id: '4', name: '4', image_url: null, connected: false },
    ]);
    expect(calls(graph.seen)).toEqual([
      'GET debug_token',
      'GET me/accounts',
      'GET me/accounts 1',
      'GET me/businesses',
      'GET me/businesses 1',
      'GET 71/owned_pages',
      'GET 71/owned_pages 1',
      'GET 72/owned_pages',
    ]);
  });

  it('asks with the user’s token and the proof of its app, and for no page’s token', async () => {
    serve({});
    await explore({ token: 'user-token' });
    const [, asked] = graph.seen;
    expect(asked).toMatchObject({
      headers: { authorization: 'Bearer user-token' },
      // printf %s user-token | openssl dgst -sha256 -hmac app-secret
      query: {
        fields: 'id,name,picture',
        appsecret_proof: 'b5a94d985eb7b68467d28ca5375162d12b9ca8fe238615acc927c8a9c08d2e95',
      },
    });
  });

  it('ends where Facebook’s cursors go in a circle', async () => {
    const circle: Respond = (response, seen) => {
      json(200, { data: [node('1')], paging: { cursors: { after: 'same' }, next: 'https://x' } })(response, seen);
    };
    serve({ 'me/accounts': circle });
    expect((await explore()).map(({ page_id: id }) => id)).toEqual(['1']);
    expect(calls(graph.seen).filter((call) => call.startsWith('GET me/accounts'))).toHaveLength(2);
  });

  it('ends where Facebook’s lists have no end', async () => {
    let given = 0;
    const endless: Respond = (response, seen) => {
      given += 1;
      const paging = { cursors: { after: String(given) }, next: 'https://x' };
      json(200, { data: [node(String(given))], paging })(response, seen);
    };
    serve({ 'me/accounts': endless });
    expect(await explore()).toHaveLength(100);
  });

  it('finds the app that made the token among those that are known', async () => {
    const mismatch = json(400, { error: { code: 100, message: 'The App_id did not match the Viewing App' } });
    const made = json(200, { data: { app_id: other.appId, type: 'USER', is_valid: true } });
    const answers = new Map([
      [`Bearer ${own.appId}|app-secret`, mismatch],
      [`Bearer ${other.appId}|other-secret`, made],
    ]);
    serve({
      debug_token: (response, seen) => answers.get(String(seen.headers.authorization))?.(response, seen),
      'me/accounts': inParts([node('1')]),
    });
    expect(await explore({ auth_token: 't' }, [own, other])).toHaveLength(1);
    expect(await refusalOf(explore({ auth_token: 't' }, [own]))).toMatchObject({ code: 'token_invalid' });
  });

  it('does without businesses that the user may not see', async () => {
    serve({
      'me/accounts': inParts([node('1')]),
      'me/businesses': json(403, { error: { code: 200, message: 'Requires business_management permission' } }),
    });
    expect(await explore()).toHaveLength(1);
  });

  it.each<[string, Lists, string]>([
    ['a dead token', { debug_token: json(200, { data: { is_valid: false } }) }, 'token_invalid'],
    [
      'a page token',
      { debug_token: json(200, { data: { app_id: own.appId, type: 'PAGE', is_valid: true } }) },
      'token_invalid',
    ],
    [
      'a token of an app that is not known',
      { debug_token: json(200, { data: { app_id: '9', type: 'USER', is_valid: true } }) },
      'token_invalid',
    ],
    [
      'a token that dies in between',
      { 'me/accounts': json(400, { error: { code: 190, message: 'user-token' } }) },
      'token_invalid',
    ],
    ['a permission', { 'me/accounts': json(403, { error: { code: 10, message: 'x' } }) }, 'permission_missing'],
    ['what Graph refuses', { 'me/accounts': json(400, { error: { code: 100, message: 'x' } }) }, 'graph_refused'],
    ['a fault of Facebook', { 'me/businesses': json(500, { error: { code: 2, message: 'x' } }) }, 'graph_unavailable'],
    ['a proxy', { 'me/accounts': json(502, 'bad gateway') }, 'graph_unavailable'],
  ])('refuses %s', async (_, lists, code) => {
    serve(lists);
    const refusal = await refusalOf(explore());
    expect(refusal).toBeInstanceOf(SourceRefusal);
    expect(refusal).toMatchObject({ code });
    expect(JSON.stringify(refusal)).not.toContain('user-token');
  });

  it('does not even ask about what can be no token', async () => {
    expect(await refusalOf(explore({ auth_token: 'two words' }))).toMatchObject({ code: 'token_invalid' });
    expect(graph.seen).toEqual([]);
  });

  it.each([{}, { auth_token: null, token: null }, { auth_token: ' ' }, { auth_token: 5 }])(
    'needs a token: %j',
    (body) => {
      const call = only(connector.calls.filter(({ name }) => name === 'channels.facebook.explore'));
      expect(faultsOf(call, body)).toEqual(['auth_token']);
    },
  );
});
