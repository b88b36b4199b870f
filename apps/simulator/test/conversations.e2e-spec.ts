import { PAGE_ID, PSID, type Answer, type Facebook } from './facebook.js';
import { startWorld, type World } from './start-world.js';

const NOW_MS = Date.parse('2026-11-21T12:00:00.000Z');
const FIELDS = 'messages{id,created_time,from,to,message,attachments}';

let world: World;
let facebook: Facebook;

beforeEach(async () => {
  world = await startWorld();
  ({ facebook } = world);
});

afterEach(() => world.close());

const ask = async (query: Record<string, string> = {}, token?: string): Promise<Answer> =>
  facebook.get(`/v25.0/${PAGE_ID}/conversations`, token ?? (await facebook.pageToken()), {
    platform: 'messenger',
    user_id: PSID,
    fields: FIELDS,
    ...query,
  });
const messagesOf = ({ body }: Answer): Record<string, unknown>[] => {
  const [conversation] = body['data'] as { messages: { data: Record<string, unknown>[] } }[];
  return conversation?.messages.data ?? [];
};

// https://developers.facebook.com/docs/messenger-platform/conversations
describe('the conversations of a page', () => {
  const page = { name: 'Demo Page', email: `${PAGE_ID}@facebook.com`, id: PAGE_ID };
  const ana = { name: 'Ana Example', email: `${PSID}@facebook.com`, id: PSID };

  it('show who wrote what and when, the newest first, whoever wrote for the page', async () => {
    await facebook.act('write', { text: 'hello', mid: 'm_1', timestamp: NOW_MS, wait: false });
    await facebook.act('inbox_reply', { text: 'Hi!', mid: 'm_2', timestamp: NOW_MS + 1_500, wait: false });

    const answer = await ask();

    expect(answer.status).toBe(200);
    expect(messagesOf(answer)).toEqual([
      { id: 'm_2', created_time: '2026-11-21T12:00:01+0000', from: page, to: { data: [ana] }, message: 'Hi!' },
      { id: 'm_1', created_time: '2026-11-21T12:00:00+0000', from: ana, to: { data: [page] }, message: 'hello' },
    ]);
  });

  it('have what the Send API took, under its id, answered or not', async () => {
    await facebook.act('write', { text: 'hello', wait: false });
    await facebook.control('faults', { mode: 'accept_then_500' });
    const refused = await facebook.sendMessage({ text: 'taken' });
    const taken = await facebook.sendMessage({ text: 'taken again' });

    expect(refused.status).toBe(500);
    expect(messagesOf(await ask()).map(({ message }) => message)).toEqual(['taken again', 'taken', 'hello']);
    expect(messagesOf(await ask())[0]).toMatchObject({ id: taken.body['message_id'], from: page });
  });

  it('have no text where there is none, but attachments', async () => {
    await facebook.act('attach', { types: ['image'], wait: false });

    expect(messagesOf(await ask())).toMatchObject([{ message: '', attachments: { data: [{ type: 'image' }] } }]);
  });

  it('end with the newest twenty, and say so', async () => {
    for (let number = 1; number <= 21; number += 1) await facebook.act('write', { text: String(number), wait: false });

    const answer = await ask();

    expect(messagesOf(answer)).toHaveLength(20);
    expect(messagesOf(answer).at(-1)).toMatchObject({ message: '2' });
    expect(answer.body).toMatchObject({ data: [{ messages: { paging: { next: expect.any(String) as unknown } } }] });
  });

  it('are none where nobody has written, on another platform, and for a stranger', async () => {
    expect((await ask()).body).toEqual({ data: [] });
    await facebook.act('write', { text: 'hello', wait: false });
    expect((await ask({ platform: 'instagram' })).body).toEqual({ data: [] });
  });

  it('are refused to a page without the permissions, and to a field that is none', async () => {
    const made = await facebook.control('pages.create', { id: '108200000000077', scopes: ['pages_messaging'] });
    const token = String(made.body['page_token']);
    const refused = await facebook.get('/108200000000077/conversations', token, { user_id: PSID });

    expect(refused.status).toBe(403);
    expect(refused.body['error']).toMatchObject({ code: 200 });
    await facebook.act('write', { text: 'hello', wait: false });
    expect((await ask({ fields: 'messages{colour}' })).body['error']).toMatchObject({ code: 100 });
  });

  it('may be asked for twice a second', async () => {
    const answers = await Promise.all([ask(), ask(), ask()]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 400]);
    expect(answers.find(({ status }) => status === 400)?.body['error']).toMatchObject({ code: 613 });
  });
});
