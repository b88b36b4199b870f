import { z } from 'zod';
import type { Update } from '#libs/messaging';
import { bodyOf } from '../harness/answer.js';
import { withDatabase } from '../harness/embedded-database.js';
import {
  deliveryItem,
  editItem,
  facebookNow,
  newMid,
  newPsid,
  reactionItem,
  readItem,
  textItem,
  unsendItem,
  type Item,
} from '../harness/facebook-items.js';
import { Flood } from '../harness/flood.js';
import { at, only, present } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import {
  factOf,
  firstCursors,
  hasType,
  midsOf,
  passesQuery,
  StreamPair,
  textsIn,
  type Query,
  type ToldText,
} from '../harness/stream-pair.js';
import { waitFor } from '../harness/wait-for.js';

const EVENTS = 10_000;
const BATCH = 250;
const CONTACTS = 40;

const newKeySchema = z.object({ id: z.uuid(), key: z.string() });
const workspaceSchema = z.object({ id: z.uuid() });

function midOf(item: Item): string {
  return (item['message'] as { mid: string }).mid;
}

function conversationsOf(updates: readonly Update[], channelId: string): string[] {
  const ids = updates.flatMap((update) =>
    'conversation_id' in update && update.channel_id === channelId ? [update.conversation_id] : [],
  );
  return [...new Set(ids)];
}

function channelsOf(updates: readonly Update[]): string[] {
  return [...new Set(updates.map(({ channel_id: id }) => id))];
}

function textsOf(told: readonly ToldText[], conversationId: string): string[] {
  return told.filter((one) => one.conversationId === conversationId).map(({ text }) => text);
}

describe('SSE and WebSocket', () => {
  let product: Product;
  let pages: ConnectedPage[];
  let chats: Chat[];
  const open: StreamPair[] = [];

  const openPair = async (
    ...asked: [query?: Query, more?: Parameters<typeof StreamPair.open>[2]]
  ): Promise<StreamPair> => {
    const pair = await StreamPair.open(product.client, ...asked);
    open.push(pair);
    return pair;
  };
  const write = async (chat: { pageId: string; psid: string }, text = 'hi'): Promise<string> => {
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text, mid });
    return mid;
  };
  const deliver = (chat: Chat, ...items: Parameters<Product['webhooks']['deliver']>[1][number][]): Promise<void> =>
    product.webhooks.deliver(chat.pageId, items);
  const waitForMessage = (channelId: string, mid: string): Promise<unknown> =>
    waitFor(`the message ${mid}`, () => product.client.messageByMid(channelId, mid), 40_000);
  const createKey = async (body: object): Promise<{ id: string; key: string }> =>
    bodyOf(newKeySchema, await product.client.call('api-keys.create', { name: 'x', scopes: ['stream.read'], ...body }));
  const refusals = async (client: ParleyClient, query: Query): Promise<number[]> => {
    const statusOf = (error: unknown): number => (error as { status: number }).status;
    const opened = (): number => 200;
    return Promise.all([
      client.stream({ query }).then(opened, statusOf),
      client.socket({ query }).then(opened, statusOf),
    ]);
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ delivery: 'off', read: 'off', echo: 'off' });
    pages = [await product.connectPage('First'), await product.connectPage('Second')];
    await product.leaveContactsAlone();
    chats = [await product.startChat(at(pages, 0)), await product.startChat(at(pages, 1))];
  }, 60_000);

  afterEach(() => {
    for (const pair of open.splice(0)) pair.close();
  });

  afterAll(stopAll);

  it('tell one story in the same words and order, whatever they are narrowed to', async () => {
    const [known, other] = [at(chats, 0), at(chats, 1)];
    const queries: Query[] = [
      {},
      { channel_id: known.channelId },
      { channel_id: `${known.channelId},${other.channelId}` },
      { conversation_id: known.conversationId },
      { types: 'message.created' },
      { types: 'message.updated,channel.updated' },
      { channel_id: other.channelId, types: 'conversation.created,message.created' },
    ];
    const pairs = await Promise.all(queries.map((query) => openPair(query)));
    const { sse: all } = at(pairs, 0);

    const newcomer = { ...known, psid: newPsid() };
    const first = await write(newcomer, 'I am new');
    const asked = await write(known, 'a question');
    await Promise.all([all.waitForMid(first), all.waitForMid(asked)]);
    await deliver(known, editItem(known, { mid: asked, text: 'a better question' }));
    await deliver(known, reactionItem(known, asked));
    await all.waitForArrival('the reaction', (update) => factOf(update).includes('❤️'));
    const { id } = await product.client.sendText(known.conversationId, 'an answer');
    await all.waitForState(id, 'sent');
    const { mid } = await product.facebook.waitForSend(id);
    await deliver(known, deliveryItem(known, { mids: [present(mid, 'the mid')], watermark: facebookNow() }));
    await all.waitForState(id, 'delivered');
    await deliver(known, readItem(known, facebookNow() + 5_000));
    await all.waitForState(id, 'read');
    await deliver(known, unsendItem(known, asked));
    await all.waitForArrival('the unsend', (update) => factOf(update).includes('deleted'));
    const { page } = at(pages, 1);
    await product.client.connect({ page_id: page.page_id, page_token: page.page_token, name: 'Renamed' });
    await write(other, 'elsewhere');
    const last = await write(known, 'the end');
    await all.waitForMid(last);
    await waitFor('the channel to be told', () => hasType('channel.updated', all.updates));

    const told = all.updates.filter(passesQuery({ conversation_id: known.conversationId }));
    expect(told.map(factOf)).toEqual([
      'message.created delivered text',
      'message.updated delivered text edited',
      'message.updated delivered text ❤️ edited',
      'message.created pending text',
      'message.updated sent text',
      'message.updated delivered text',
      'message.updated read text',
      expect.stringMatching(/^message\.updated delivered deleted/),
      'message.created delivered text',
    ]);
    const newcomers = conversationsOf(all.updates, newcomer.channelId).filter((id) => id !== known.conversationId);
    const ofNewcomer = all.updates.filter(passesQuery({ conversation_id: only(newcomers) }));
    expect(ofNewcomer.map(factOf)).toEqual(['conversation.created', 'message.created delivered text']);

    for (const [index, pair] of pairs.entries()) {
      const expected = all.updates.filter(passesQuery(at(queries, index)));
      expect(expected.length).toBeGreaterThan(0);
      await pair.waitForCount(expected.length);
      expect({ query: queries[index], sse: pair.sse.updates }).toEqual({ query: queries[index], sse: expected });
      expect({ query: queries[index], socket: pair.socket.updates }).toEqual({
        query: queries[index],
        socket: expected,
      });
    }
  }, 60_000);

  it('take each other’s cursors', async () => {
    const before = await openPair();
    const missed = await write(at(chats, 0), 'missed');
    await before.waitForMid(missed);
    const [ofSse, ofSocket] = firstCursors(before);
    const crossed = [
      await product.client.stream({ lastEventId: ofSocket }),
      await product.client.socket({ query: { cursor: ofSse } }),
    ];
    for (const reader of crossed) {
      await reader.waitForMid(missed);
      expect(reader.updates).toHaveLength(1);
      reader.close();
    }
  });

  it('refuse the cursor of another workspace', async () => {
    const { id } = bodyOf(workspaceSchema, await product.client.call('workspaces.create', { name: 'Other' }));
    const { key } = await createKey({ workspace_id: id });
    const theirs = new ParleyClient(product.client.url, key);
    const pair = await openPair();
    for (const cursor of [pair.sse.lastId, pair.socket.lastId])
      expect(await refusals(theirs, { cursor })).toEqual([400, 400]);
  });

  it('go on after a restart, of which the socket is told', async () => {
    const before = await openPair();
    const seen = await write(at(chats, 0), 'seen');
    await before.waitForMid(seen);
    const startedAt = performance.now();
    const exit = await product.stopParley();
    expect(exit.code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect((await before.socket.waitForClosing()).code).toBe(1012);
    expect(before.sse.isOpen).toBe(false);
    await product.startParley();
    const missed = [await write(at(chats, 0), 'missed 1'), await write(at(chats, 1), 'missed 2')];
    for (const cursor of [before.sse.lastId, before.socket.lastId]) {
      const after = await openPair({ cursor });
      const live = await write(at(chats, 0), 'live');
      await after.waitForMid(live);
      for (const reader of after.both) {
        const mids = midsOf(reader.updates);
        expect(mids).not.toContain(seen);
        expect(mids).toEqual(expect.arrayContaining([...missed, live]));
        expect(new Set(mids).size).toBe(mids.length);
      }
    }
  }, 60_000);

  it('go on after ten thousand updates, narrowed too', async () => {
    const [page, quiet] = [at(pages, 0), at(pages, 1)];
    const pageId = page.page.page_id;
    const before = await openPair();
    const cursors = [before.sse.lastId, before.socket.lastId];
    before.close();
    const contacts = Array.from({ length: CONTACTS }, () => ({ pageId, psid: newPsid() }));
    const items = Array.from({ length: EVENTS }, (_, index) =>
      textItem({ ...at(contacts, index % CONTACTS), text: `number ${index}`, mid: newMid() }),
    );
    for (let from = 0; from < EVENTS; from += BATCH)
      await product.webhooks.deliver(pageId, items.slice(from, from + BATCH));
    for (const item of items.slice(-CONTACTS)) await waitForMessage(page.channel.id, midOf(item));
    const elsewhere = await write({ pageId: quiet.page.page_id, psid: at(chats, 1).psid }, 'elsewhere');

    const everything = await openPair({ cursor: at(cursors, 0) });
    await everything.waitForCount(EVENTS + CONTACTS + 1, 40_000);
    await everything.waitForMid(elsewhere);
    const { updates } = everything.sse;
    expect(updates).toHaveLength(EVENTS + CONTACTS + 1);
    const told = textsIn(updates);
    const { conversationId: sampleId } = only(told.filter(({ text }) => text === 'number 7'));
    expect(new Set(told.map(({ conversationId }) => conversationId)).size).toBe(CONTACTS + 1);
    expect(textsOf(told, sampleId)).toEqual(
      Array.from({ length: EVENTS / CONTACTS }, (_, index) => `number ${index * CONTACTS + 7}`),
    );

    for (const query of [
      { conversation_id: sampleId },
      { channel_id: quiet.channel.id },
      { types: 'conversation.created' },
    ]) {
      const expected = updates.filter(passesQuery(query));
      const pair = await openPair({ cursor: at(cursors, 1), ...query });
      await pair.waitForCount(expected.length, 20_000);
      for (const reader of pair.both) expect(reader.updates).toEqual(expected);
    }
  }, 90_000);

  it('cut a reader that does not read, and let it go on where it was', async () => {
    const pair = await openPair({ types: 'message.created' });
    for (const reader of pair.both) reader.pause();
    const flood = new Flood(product, at(pages, 0).page.page_id, { texts: BATCH, characters: 2_000 });
    await waitFor('both readers to be cut', () => flood.untilCut(2), 60_000);
    for (const reader of pair.both) reader.resume();
    expect((await pair.socket.waitForClosing()).code).toBe(4408);
    await waitFor('the end of the SSE stream', () => !pair.sse.isOpen);
    expect(pair.socket.updates.length).toBeGreaterThan(100);
    for (const reader of pair.both) {
      const after = await openPair({ types: 'message.created' }, { lastEventId: reader.lastId });
      await after.waitForCount(flood.posted - reader.updates.length, 30_000);
      for (const { updates } of after.both) {
        const ids = [...reader.updates, ...updates].map(({ id }) => id);
        expect([ids.length, new Set(ids).size]).toEqual([flood.posted, flood.posted]);
      }
    }
  }, 120_000);

  it('are cut with their key', async () => {
    const { id, key } = await createKey({});
    const pair = await openPair({}, { key });
    const startedAt = performance.now();
    expect((await product.client.call('api-keys.revoke', { api_key_id: id })).status).toBe(204);
    expect((await pair.socket.waitForClosing()).code).toBe(4401);
    await waitFor('the SSE stream to end', () => !pair.sse.isOpen);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(await refusals(new ParleyClient(product.client.url, key), {})).toEqual([401, 401]);
  });

  it('open by ticket, and no ticket is printed', async () => {
    const answer = await product.client.call('stream.ticket', { channel_ids: [at(pages, 0).channel.id] });
    const { ticket } = bodyOf(z.object({ ticket: z.string(), expires_at: z.string() }), answer);
    const pair = await openPair({ ticket }, { key: null });
    await write(at(chats, 1), 'hidden');
    await pair.waitForMid(await write(at(chats, 0), 'shown'));
    for (const reader of pair.both) expect(channelsOf(reader.updates)).toEqual([at(pages, 0).channel.id]);
    expect(product.output).not.toContain(ticket);
  });

  describe('with a cursor that is too old', () => {
    const expectExpired = async (cursor: string): Promise<void> => {
      const pair = await openPair({ cursor });
      for (const reader of pair.both) {
        await waitFor('the word that it is too old', () => reader.isExpired);
        expect(reader.updates).toEqual([]);
        expect(reader.lastId).not.toBe(cursor);
      }
      const live = await write(at(chats, 0), 'live');
      await pair.waitForMid(live);
      const resumed = await openPair({ cursor: pair.socket.lastId });
      expect(resumed.both.map(({ isExpired }) => isExpired)).toEqual([false, false]);
    };

    it('because the log was cut, say so and go on', async () => {
      const before = await openPair();
      const cursor = before.sse.lastId;
      const texts = [await write(at(chats, 0)), await write(at(chats, 0)), await write(at(chats, 0))];
      await before.waitForMid(at(texts, 2));
      await withDatabase(product.home, (database) =>
        database.query(
          `delete from log_records l where topic = 'conversation.updates' and "offset" <
             (select max("offset") from log_records m where m.topic = l.topic and m.partition = l.partition)`,
        ),
      );
      await expectExpired(cursor);
    });

    it('because the database is another one, say so and go on', async () => {
      const cursor = (await openPair()).socket.lastId;
      // as a dump does it that is loaded again
      await withDatabase(product.home, (database) =>
        database.query(
          `do $$ begin
             create table restored (like log_records including all);
             insert into restored select * from log_records;
             drop table log_records;
             alter table restored rename to log_records;
           end $$`,
        ),
      );
      await product.stopParley();
      await product.startParley();
      await expectExpired(cursor);
    }, 60_000);
  });

  it('beat: the socket is pinged and told a cursor', async () => {
    const pair = await openPair({ conversation_id: '0190a6c0-0000-7000-8000-000000000000' });
    await waitFor('the beat', () => Math.min(pair.socket.pings.length, pair.socket.frames.length - 1) > 0, 20_000);
    expect(at(pair.socket.frames, 1)).toMatchObject({ type: 'stream.heartbeat' });
    expect(pair.socket.updates).toEqual([]);
    const mid = await write(at(chats, 0), 'after the beat');
    const resumed = await openPair({ cursor: pair.socket.lastId });
    await resumed.waitForMid(mid);
    expect(resumed.socket.isExpired).toBe(false);
  }, 40_000);
});
