import type { Conversation, Message } from '#libs/messaging';
import { expectProblem } from '../harness/answer.js';
import { newMid, textItem, type Item } from '../harness/facebook-items.js';
import { at, present } from '../harness/only.js';
import type { Page } from '../harness/parley.client.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { tampered, textOf } from '../harness/texts.js';

const MESSAGES = 105;
const CONVERSATIONS = 7;

describe('lists', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chats: Chat[];
  let long: Chat;
  /** Newest first. */
  let texts: string[];

  const textsOf = (page: Page<Message>): string[] => page.data.map(textOf);
  const deliver = async (items: readonly Item[], lastMid: string): Promise<void> => {
    const stream = await product.client.stream();
    await product.webhooks.deliver(long.pageId, items);
    await stream.waitForMid(lastMid);
    stream.close();
  };

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    await product.leaveContactsAlone();
    chats = [];
    for (let number = 1; number <= CONVERSATIONS; number += 1)
      chats.push(await product.startChat(connected, `chat ${number}`));
    long = at(chats, 0);
    const lastMid = newMid();
    const items = Array.from({ length: MESSAGES - 1 }, (_, index) =>
      textItem({ ...long, text: `message ${index + 2}`, mid: index === MESSAGES - 2 ? lastMid : newMid() }),
    );
    await deliver(items, lastMid);
    texts = ['chat 1', ...items.map((_, index) => `message ${index + 2}`)].toReversed();
  }, 60_000);

  afterAll(stopAll);

  it.each([
    [1, 1],
    [20, 20],
    [100, 100],
    [101, 100],
    [100_000, 100],
  ])('a page_size of %d gives %d messages, newest first', async (size, expected) => {
    const page = await product.client.messages(long.conversationId, { page_size: size });
    expect(textsOf(page)).toEqual(texts.slice(0, expected));
    expect(page.pagination_data).toEqual({
      previous_cursor: null,
      next_cursor: expect.any(String) as string,
      total: MESSAGES,
    });
  });

  it('a page has 20 when no size is given', async () => {
    expect(textsOf(await product.client.messages(long.conversationId))).toEqual(texts.slice(0, 20));
  });

  it('cursors lead to the oldest and back again, page by page', async () => {
    const first = await product.client.messages(long.conversationId, { page_size: 10 });
    const pages = [first];
    for (let next = first.pagination_data.next_cursor; next !== null;) {
      const page = await product.client.messages(long.conversationId, { page_size: 10, cursor: next });
      pages.push(page);
      next = page.pagination_data.next_cursor;
    }
    expect(pages.flatMap(textsOf)).toEqual(texts);
    expect(pages.map(({ pagination_data: { total } }) => total)).toEqual(pages.map(() => MESSAGES));

    const back: Page<Message>[] = [];
    for (let previous = at(pages, -1).pagination_data.previous_cursor; previous !== null;) {
      const page = await product.client.messages(long.conversationId, { page_size: 10, cursor: previous });
      back.unshift(page);
      previous = page.pagination_data.previous_cursor;
    }
    expect(back.flatMap(textsOf)).toEqual(texts.slice(0, -at(pages, -1).data.length));
  });

  it('the cursor is the place: the page size may change on the way', async () => {
    const first = await product.client.messages(long.conversationId, { page_size: 3 });
    const second = await product.client.messages(long.conversationId, {
      page_size: 50,
      cursor: first.pagination_data.next_cursor,
    });
    expect(textsOf(second)).toEqual(texts.slice(3, 53));
  });

  it('a list has a last page that is not empty when its length is a multiple of the page size', async () => {
    const first = await product.client.messages(long.conversationId, { page_size: MESSAGES / 5 });
    let page = first;
    for (let turned = 1; turned < 5; turned += 1) {
      const cursor = present(page.pagination_data.next_cursor, 'next_cursor');
      page = await product.client.messages(long.conversationId, { page_size: MESSAGES / 5, cursor });
    }
    expect(textsOf(page)).toEqual(texts.slice(-MESSAGES / 5));
    expect(page.pagination_data.next_cursor).toBeNull();
  });

  it('conversations have the newest last message first', async () => {
    const expected = [long, ...chats.slice(1).toReversed()].map(({ conversationId }) => conversationId);
    const all = await product.client.conversations();
    expect(idsOf(all)).toEqual(expected);
    expect(all.pagination_data).toEqual({ previous_cursor: null, next_cursor: null, total: CONVERSATIONS });

    const first = await product.client.conversations({ page_size: 3 });
    const second = await product.client.conversations({ page_size: 3, cursor: first.pagination_data.next_cursor });
    const third = await product.client.conversations({ page_size: 3, cursor: second.pagination_data.next_cursor });
    expect([first, second, third].map(idsOf)).toEqual([expected.slice(0, 3), expected.slice(3, 6), expected.slice(6)]);
    expect(third.pagination_data.next_cursor).toBeNull();
    const back = await product.client.conversations({ page_size: 3, cursor: third.pagination_data.previous_cursor });
    expect(idsOf(back)).toEqual(expected.slice(3, 6));
  });

  it('a cursor of another call, of another conversation, or of nobody is refused', async () => {
    const next = present(
      (await product.client.messages(long.conversationId, { page_size: 1 })).pagination_data.next_cursor,
      'cursor',
    );
    const ofConversations = present(
      (await product.client.conversations({ page_size: 1 })).pagination_data.next_cursor,
      'cursor',
    );
    const other = at(chats, 1).conversationId;
    const refused = await Promise.all([
      product.client.call('messages.list', { conversation_id: other, cursor: next }),
      product.client.call('conversations.list', { cursor: next }),
      product.client.call('messages.list', { conversation_id: long.conversationId, cursor: ofConversations }),
      ...['x', '5', 'null', 'eyJhIjoxfQ==', tampered(next), next.slice(0, -4), `${next}AAAA`].map((cursor) =>
        product.client.call('messages.list', { conversation_id: long.conversationId, cursor }),
      ),
    ]);
    for (const answer of refused) expectProblem(answer, 400, 'cursor_invalid');
  });

  it('does not shift while new messages arrive', async () => {
    const first = await product.client.messages(long.conversationId, { page_size: 10 });
    const second = await product.client.messages(long.conversationId, {
      page_size: 10,
      cursor: first.pagination_data.next_cursor,
    });
    const mids = [newMid(), newMid(), newMid()];
    const arrivals = ['new 1', 'new 2', 'new 3'].map((text, index) =>
      textItem({ ...long, text, mid: at(mids, index) }),
    );
    await deliver(arrivals, at(mids, 2));

    const again = await product.client.messages(long.conversationId, {
      page_size: 10,
      cursor: first.pagination_data.next_cursor,
    });
    expect(textsOf(again)).toEqual(textsOf(second));
    expect(again.pagination_data.total).toBe(MESSAGES + 3);
    const third = await product.client.messages(long.conversationId, {
      page_size: 10,
      cursor: again.pagination_data.next_cursor,
    });
    expect(textsOf(third)).toEqual(texts.slice(20, 30));
    const back = await product.client.messages(long.conversationId, {
      page_size: 10,
      cursor: again.pagination_data.previous_cursor,
    });
    expect(textsOf(back)).toEqual(texts.slice(0, 10));
    const newest = await product.client.messages(long.conversationId, {
      page_size: 10,
      cursor: back.pagination_data.previous_cursor,
    });
    expect(textsOf(newest)).toEqual(['new 3', 'new 2', 'new 1']);
  });

  it('a late message takes its place by the source’s clock', async () => {
    const list = await product.client.messages(long.conversationId, { page_size: 2 });
    const mid = newMid();
    const timestamp = Date.parse(at(list.data, 1).sent_at);
    await deliver([textItem({ ...long, text: 'late', timestamp, mid })], mid);
    const now = await product.client.messages(long.conversationId, { page_size: 3 });
    expect(now.data[0]?.id).toBe(at(list.data, 0).id);
    expect(textsOf(now)).toContain('late');
    const { last_message: last } = await product.client.conversation(long.conversationId);
    expect(last.id).toBe(at(list.data, 0).id);
  });
});

function idsOf(page: Page<Conversation>): string[] {
  return page.data.map(({ id }) => id);
}
