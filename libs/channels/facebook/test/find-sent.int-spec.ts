import type { SearchCall, SendSearch } from '#libs/channels/kit';
import { connectorTo, credentials } from './connected-page.js';
import { json, startGraphServer, startRawServer, type GraphServer } from './graph-server.js';

const PSID = '6500000000000011';
const PAGE = credentials.sourceChannelId;

let graph: GraphServer;

beforeEach(async () => {
  graph = await startGraphServer();
});

afterEach(() => graph.stop());

const find = async (about: Partial<SearchCall> = {}, url = graph.url): Promise<SendSearch | undefined> =>
  connectorTo(url).sending.search?.find({
    credentials,
    sourceContactId: PSID,
    body: { message: { text: 'It is.' } },
    begunAtMs: performance.now() - 120_000,
    ...about,
  });
/** Facebook's clock is ten minutes behind ours, and says so. */
const facebookNow = (): number => Date.now() - 600_000;
const conversation = (saidMsAgo: number): object => ({
  data: [
    {
      id: 't_1',
      messages: {
        data: [
          {
            id: 'm_1',
            created_time: new Date(facebookNow() - saidMsAgo).toISOString().replace(/\.\d{3}Z/, '+0000'),
            from: { id: PAGE },
            to: { data: [{ id: PSID }] },
            message: 'It is.',
          },
        ],
      },
    },
  ],
});
const date = (): Record<string, string> => ({ date: new Date(facebookNow()).toUTCString() });

// https://developers.facebook.com/docs/messenger-platform/conversations
describe('the search for a send without an answer', () => {
  it('reads the conversation once, with proof and without a token in the URL, by Facebook’s clock', async () => {
    graph.respond(json(200, conversation(118_000), date()));
    expect(await find()).toMatchObject({ kind: 'read', likely: [{ sourceMessageId: 'm_1', fits: true }] });
    expect(graph.seen).toMatchObject([
      {
        method: 'GET',
        path: `/v25.0/${PAGE}/conversations`,
        headers: { authorization: 'Bearer page-token' },
        query: {
          platform: 'messenger',
          user_id: PSID,
          fields: 'messages{id,created_time,from,to,message,attachments}',
          // python3: hmac.new(b'app-secret', b'page-token', sha256)
          appsecret_proof: 'd8b448b9cc7d64c51098271805b3cc20b5b715e52bd587eb71b610259587c856',
        },
      },
    ]);
    expect(JSON.stringify(graph.seen[0]?.query)).not.toContain('page-token');
  });

  it('does not take what was said ten minutes before for it', async () => {
    graph.respond(json(200, conversation(720_000), date()));
    expect(await find()).toMatchObject({ kind: 'read', likely: [{ fits: false }] });
  });

  it.each([
    ['a refusal', json(403, { error: { code: 200, message: 'No page-token for you' } })],
    ['a limit', json(400, { error: { code: 613, message: 'Too many' } })],
    ['an error of Facebook', json(500, {}, date())],
    ['an answer that says nothing', json(200, {}, date())],
    ['an answer of no known time', json(200, conversation(118_000), { date: 'soon' })],
  ])('has read nothing after %s', async (_, respond) => {
    graph.respond(respond);
    const search = await find();
    expect(search).toMatchObject({ kind: 'unread' });
    expect(JSON.stringify(search)).not.toContain('page-token');
  });

  it('has read nothing when nobody answers', async () => {
    const dead = await startRawServer((socket) => socket.destroy());
    expect(await find({}, dead.url)).toMatchObject({ kind: 'unread' });
    await dead.stop();
  });

  it.each<[string, Partial<SearchCall>]>([
    ['a guest', { sourceContactId: 'user_ref:abc' }],
    ['a picture', { body: { message: { attachment: { type: 'image', payload: {} } } } }],
  ])('asks nothing about %s', async (_, about) => {
    expect(await find(about)).toMatchObject({ kind: 'unread' });
    expect(graph.seen).toEqual([]);
  });
});

describe('whether a search is of use', () => {
  const isOfUse = (fields: readonly string[], message: Record<string, unknown>): boolean | undefined =>
    connectorTo('http://127.0.0.1:1').sending.search?.isOfUse(fields, { message });

  it.each<[boolean, readonly string[], Record<string, unknown>]>([
    [true, ['messages'], { text: 'It is.' }],
    [true, [], { text: 'It is.', metadata: 'job:77' }],
    [false, ['messages', 'message_echoes'], { text: 'It is.' }],
    [false, ['messages'], { text: 'It is.', quick_replies: [{ content_type: 'text', title: 'Yes' }] }],
    [false, ['messages'], { attachment: { type: 'image' } }],
    [false, ['messages'], { text: '' }],
  ])('is %s for %j and %j', (isIt, fields, message) => {
    expect(isOfUse(fields, message)).toBe(isIt);
  });
});
