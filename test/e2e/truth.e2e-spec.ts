import type { Message } from '#libs/messaging';
import { withDatabase } from '../harness/embedded-database.js';
import {
  deliveryItem,
  echoItem,
  editItem,
  facebookNow,
  newMid,
  newPsid,
  reactionItem,
  readItem,
  textItem,
  unsendItem,
  type Item,
  type Parties,
} from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

const OTHER_APP = '123456789';
const OTHERS = 100;
const MIDS = 100;
const TIMES = 20;

type Maker = (parties: Parties, mid: string) => Item;
const said: Maker = (parties, mid) => textItem({ ...parties, mid, text: 'first words' });
const echoed: Maker = (parties, mid) =>
  echoItem({ ...parties, mid, text: 'an answer', appId: OTHER_APP, timestamp: facebookNow() });

/** Whoever tells first what became of a message, or that it is there. */
const EFFECTS: readonly (readonly [name: string, message: Maker, effect: Maker, becomes: object])[] = [
  ['a reaction', said, reactionItem, { reactions: [{ emoji: '❤️', from_contact: true }] }],
  [
    'an edit',
    said,
    (parties, mid) => editItem(parties, { mid, text: 'other words' }),
    { content: { type: 'text', text: 'other words' }, edited_at: expect.any(String) as string },
  ],
  ['an unsend', said, unsendItem, { content: { type: 'deleted' }, deleted_at: expect.any(String) as string }],
  [
    'a delivery by id',
    echoed,
    (parties, mid) => deliveryItem(parties, { mids: [mid], watermark: 1 }),
    { state: 'delivered', sender_type: 'app' },
  ],
  ['a read up to a time', echoed, (parties) => readItem(parties, facebookNow() + 1_000), { state: 'read' }],
];

describe('the truth of a conversation', () => {
  let product: Product;
  let connected: ConnectedPage;
  let stream: StreamReader;

  const someone = (): Parties => ({ pageId: connected.page.page_id, psid: newPsid() });
  const expectShown = (mid: string, becomes: object): Promise<Message> =>
    waitFor(`message ${mid} as it should be`, async () => {
      const message = await product.client.messageByMid(connected.channel.id, mid);
      expect(message).toMatchObject(becomes);
      return message;
    });

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    await product.leaveContactsAlone();
    stream = await product.client.stream();
  }, 60_000);

  afterAll(stopAll);

  it.each(EFFECTS)(
    'is the same when %s comes before its message (interleaving 9)',
    async (_, message, effect, becomes) => {
      const [early, late] = [someone(), someone()];
      const [earlyMid, lateMid] = [newMid(), newMid()];
      await product.webhooks.deliver(late.pageId, [message(late, lateMid)]);
      await product.webhooks.deliver(late.pageId, [effect(late, lateMid)]);
      await product.webhooks.deliver(early.pageId, [effect(early, earlyMid)]);
      await product.webhooks.deliver(early.pageId, [message(early, earlyMid)]);
      for (const mid of [earlyMid, lateMid]) await expectShown(mid, becomes);
    },
  );

  it('has pictures in one message completely, however long their addresses are', async () => {
    const person = someone();
    const urls = [1, 2].map((number) => `https://scontent.example/${number}.jpg?oh=${'x'.repeat(2_000)}`);
    const attachments = urls.map((url) => ({ type: 'image', payload: { url } }));
    const mid = newMid();
    const item = textItem({ ...person, mid, text: '' });
    await product.webhooks.deliver(person.pageId, [{ ...item, message: { mid, attachments } }]);
    const images = urls.map((url) => ({ type: 'image', image: { url } }));
    await expectShown(mid, { content: { ...at(images, 0), attachments: images } });
  });

  it(`shows ${MIDS} messages once when each comes ${TIMES} times at once, and lets a new one through`, async () => {
    const [busy, other] = [someone(), someone()];
    const items = Array.from({ length: MIDS }, (_, index) => said(busy, `m_again_${index}`));
    const again = Array.from({ length: TIMES }, () => product.webhooks.deliver(busy.pageId, items));
    const mid = newMid();
    await Promise.all([...again, product.webhooks.deliver(other.pageId, [said(other, mid)])]);
    // within ten seconds, on whatever machine
    await stream.waitForMid(mid);
    const { conversation_id: id } = await expectShown(`m_again_${MIDS - 1}`, {});
    expect(await product.client.allMessages(id)).toHaveLength(MIDS);
  }, 30_000);

  it('passes what a later release tells of the same major version (interleaving 25)', async () => {
    const [person, next] = [someone(), someone()];
    const mid = newMid();
    await product.webhooks.deliver(person.pageId, [said(person, mid)]);
    await stream.waitForMid(mid);
    const later = newMid();
    await appendLater(mid, later);
    await product.webhooks.deliver(next.pageId, [said(next, newMid())]);
    await expectShown(later, { content: { type: 'text', text: 'first words' } });
    const dead = await withDatabase(product.home, (database) =>
      database.query(`select value from log_records where topic like '%dead-letter'`),
    );
    expect(dead).toEqual([]);
  });

  it(`lets ${OTHERS} conversations go on while the send of one waits`, async () => {
    const chats = await startChats(product, connected, OTHERS + 1);
    const [held, others] = [at(chats, 0), chats.slice(1)];
    await product.facebook.control('settings', { usage_headers: { 'Retry-After': '60' } });
    await product.facebook.fail({ mode: '429', recipient_id: held.psid });
    const first = await product.client.sendText(held.conversationId, 'waits');
    await waitFor('the call that is put off', async () => (await product.facebook.sendsOf(first.id)).length === 1);
    await product.facebook.control('settings', { usage_headers: {} });
    const behind = await product.client.sendText(held.conversationId, 'waits behind it');
    const sent = await Promise.all(
      others.map(({ conversationId }) => product.client.sendText(conversationId, 'goes on')),
    );
    await Promise.all(sent.map(({ id }) => stream.waitForState(id, 'sent', 20_000)));
    for (const { id } of [first, behind]) expect((await product.client.message(id)).state).toBe('pending');
    expect(await product.facebook.sendsOf(behind.id)).toEqual([]);
  }, 40_000);

  /** What the projector has read of a message, once more as a release to come would write it, and a kind of event to come. */
  function appendLater(mid: string, later: string): Promise<unknown> {
    return withDatabase(product.home, (database) =>
      database.query(
        `with read as (
           select *, replace(value, $1, $2)::jsonb as event from log_records where topic = 'channel.events' and value like '%' || $1 || '%'
         ), written as (
           select partition, key, workspace_id, jsonb_set(event || '{"id": "0190f3a2-7b1c-7def-8abc-0000000000a1", "mood": {"good": true}}', '{payload, message_id}', '"0190f3a2-7b1c-7def-8abc-0000000000a2"')::text as value from read
           union all
           select partition, key, workspace_id, (event || '{"id": "0190f3a2-7b1c-7def-8abc-0000000000a3", "type": "message.sung", "payload": {"melody": [1, 2]}}')::text from read
         )
         select a.* from written w, log_append('channel.events', w.partition::text, w.key, w.workspace_id::text, '{"schema-version": "1.9"}', w.value) a`,
        [mid, later],
      ),
    );
  }

  it('is never held by a deadlock, whoever changes it at once (interleaving 11)', async () => {
    const chats = await startChats(product, connected, 6);
    const messages = (await Promise.all(chats.map(({ conversationId: id }) => product.client.allMessages(id)))).flat();
    const answered = chats.slice(3);
    const failed = await failedSends(chats.slice(0, 3));
    const until = performance.now() + 3_000;
    const repeat = async (work: (round: number) => Promise<unknown>): Promise<void> => {
      for (let round = 0; performance.now() < until; round += 1) await work(round);
    };
    const call = async (name: string, body: object): Promise<void> => {
      // 409: the message that is sent again is under way
      expect([200, 204, 409]).toContain((await product.client.call(name, body)).status);
    };
    const turn = <Item>(items: readonly Item[], round: number): Item => at(items, round % items.length);
    const data = { mood: { good: true } };
    await Promise.all([
      ...[1, 5].map((step) =>
        repeat((round) => {
          const order = chats.map((_, index) => turn(chats, round + index * step));
          return product.webhooks.deliver(
            connected.page.page_id,
            order.flatMap((chat) => [said(chat, newMid()), readItem(chat, facebookNow())]),
          );
        }),
      ),
      ...[1, 2, 3, 4].map((agent) =>
        repeat((round) => product.client.sendText(turn(answered, round + agent).conversationId, `${agent}: ${round}`)),
      ),
      repeat((round) => call('conversations.mark-read', { conversation_id: turn(chats, round).conversationId })),
      repeat((round) =>
        call('metadata.upsert', { subject: 'conversation', id: turn(chats, round).conversationId, data: { round } }),
      ),
      repeat((round) => call('metadata.upsert', { subject: 'message', id: turn(messages, round).id, data })),
      repeat((round) => call('messages.resend', { message_id: turn(failed, round) })),
    ]);
    expect(await deadlocks()).toBe(0);
    expect(product.output).not.toContain('40P01');
  }, 40_000);

  async function failedSends(chats: readonly Chat[]): Promise<string[]> {
    return Promise.all(
      chats.map(async ({ psid, conversationId }) => {
        await product.facebook.fail({ mode: 'refuse', code: 100, recipient_id: psid, times: 1_000 });
        const { id } = await product.client.sendText(conversationId, 'is refused');
        await stream.waitForState(id, 'failed');
        return id;
      }),
    );
  }

  /** A backend tells its deadlocks when it ends. */
  function deadlocks(): Promise<number> {
    return withDatabase(product.home, async (database) => {
      await database.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await waitFor('Parley to be ready again', async () => {
        return (await product.client.raw('/health/ready', { method: 'GET' })).status === 200;
      });
      const [row] = await database.query<{ deadlocks: number }>(
        'select deadlocks::integer from pg_stat_database where datname = current_database()',
      );
      return at([row], 0)?.deadlocks ?? -1;
    });
  }
});
