import { randomInt } from 'node:crypto';
import type { Message } from '#libs/messaging';
import { withDatabase } from '../harness/embedded-database.js';
import { echoItem, newMid } from '../harness/facebook-items.js';
import { Load, type Sent } from '../harness/load.js';
import { at, none, present } from '../harness/only.js';
import type { GraphSend } from '../harness/simulator.client.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { Arrival, StreamReader } from '../harness/stream-reader.js';
import { textOf } from '../harness/texts.js';
import { waitFor } from '../harness/wait-for.js';

const ROUNDS = 3;
const WRITERS = 5;
const READERS = 90;

describe('a process that is killed in the middle of its work', () => {
  let product: Product;
  let connected: ConnectedPage;
  let writers: Chat[];
  let load: Load;
  let stream: StreamReader;
  /** Of all streams before the present one. */
  const arrivedBefore: Arrival[] = [];

  const arrivals = (): Arrival[] => [...arrivedBefore, ...stream.arrivals];
  const acceptedCalls = async (): Promise<GraphSend[]> =>
    (await product.facebook.state()).sends.filter(({ outcome }) => outcome === 'accepted');

  const killAndStart = async (): Promise<void> => {
    load.start();
    await load.pass(randomInt(30, 150));
    product.killParley();
    await load.stop();
    const startedAt = performance.now();
    await product.startParley();
    process.stdout.write(
      `killed after ${load.posted.length} webhooks and ${load.sent.size} sends, ` +
        `ready again after ${(performance.now() - startedAt).toFixed(0)} ms\n`,
    );
    await load.repeatUnanswered();
    arrivedBefore.push(...stream.arrivals);
    stream = await product.client.stream({ lastEventId: stream.lastId });
  };
  const messagesOfWriters = async (): Promise<Message[]> =>
    (await Promise.all(writers.map(({ conversationId }) => product.client.allMessages(conversationId)))).flat();
  const openAttempts = (): Promise<Set<string>> =>
    withDatabase(product.home, async (database) => {
      const rows = await database.query<{ id: string }>(
        "select message_id as id from send_attempts where state in ('open', 'unknown')",
      );
      return new Set(rows.map(({ id }) => id));
    });
  /** Facebook repeats an echo that nobody took. */
  const repeatEchoes = async (): Promise<void> => {
    const { appId } = product.settings;
    const items = (await acceptedCalls()).map((call) =>
      echoItem({
        pageId: connected.page.page_id,
        psid: present(call.recipient_id, 'recipient'),
        text: present(call.text, 'text'),
        mid: present(call.mid, 'mid'),
        metadata: present(call.metadata, 'metadata'),
        appId,
      }),
    );
    await product.webhooks.deliver(connected.page.page_id, items);
  };

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    const chats = await startChats(product, connected, WRITERS + READERS);
    writers = chats.slice(0, WRITERS);
    load = new Load(product, writers, chats.slice(WRITERS));
    stream = await product.client.stream({ query: { cursor: 'earliest' } });
  }, 60_000);

  afterAll(stopAll);

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'has everything that was answered 200, once, and needs neither wait nor hand to start (round %d)',
    async () => {
      await killAndStart();
      const mids = load.posted.map(({ mid }) => mid);
      // perhaps on the stream of before: announced, and killed before the answer
      const last = at(mids, -1);
      await waitFor('the last message on a stream', () => announcementIds(arrivals()).has(last));
      const stored = await waitFor('everything that was answered', async () => {
        const all = await messagesOfWriters();
        const seen = new Set(all.map((message) => message.source_message_id));
        none(
          mids.filter((mid) => !seen.has(mid)),
          'messages are missing',
        );
        return all;
      });
      const counts = countBy(stored.map(({ source_message_id: mid }) => present(mid, 'mid')));
      expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
      expect(stored).toHaveLength(mids.length + WRITERS);
      expect(load.complaints).toEqual([]);
      expect(load.unanswered).toEqual([]);
      expect(load.uncertain).toEqual([]);
    },
    40_000,
  );

  it('announced every message, and one that was announced again has the id of the first', async () => {
    const expected = [...load.posted.map(({ mid }) => mid)];
    const idsByMid = await waitFor('every announcement', () => {
      const ids = announcementIds(arrivals());
      none(
        expected.filter((mid) => !ids.has(mid)),
        'messages were never announced',
      );
      return ids;
    });
    expect([...idsByMid].filter(([, ids]) => ids.size !== 1)).toEqual([]);
  });

  it('sent no message twice, and every message that reached Facebook says so', async () => {
    await repeatEchoes();
    const sent = [...load.sent];
    const calls = await waitFor('every send to have been tried', async () => {
      const [accepted, tried] = [await acceptedCalls(), await openAttempts()];
      none(forgotten(sent, accepted, tried), 'messages were never tried');
      return accepted;
    });
    expect([...countBy(calls.map(({ text }) => present(text, 'text')))].filter(([, count]) => count !== 1)).toEqual([]);
    // Else the test proves little.
    expect(calls.length).toBeGreaterThan(sent.length / 2);
    await repeatEchoes();
    await waitFor('every message that Facebook took to be known as sent', async () => {
      none(await whatIsWrong(sent, calls), 'messages misreport');
      return true;
    });
  }, 30_000);

  it('still stops and starts as before: history, channels, key, cursors, stream', async () => {
    const chat = at(writers, 0);
    const list = { page_size: 2 };
    const before = {
      channels: (await product.client.channels()).map(({ id, source_channel_id: pageId }) => ({ id, pageId })),
      conversations: (await product.client.allConversations()).map(({ id }) => id),
      messages: await product.client.allMessages(chat.conversationId),
    };
    const first = await product.client.messages(chat.conversationId, list);
    const second = await product.client.messages(chat.conversationId, {
      ...list,
      cursor: first.pagination_data.next_cursor,
    });
    const ofConversations = await product.client.conversations({ page_size: 3 });
    const reader = await product.client.stream();
    const told = newMid();
    await product.webhooks.deliverText({ ...at(writers, 1), text: 'told', mid: told });
    const { cursor } = await reader.waitForMid(told);
    const untold = newMid();
    await product.webhooks.deliverText({ ...at(writers, 1), text: 'untold', mid: untold });
    await reader.waitForMid(untold);

    expect(await product.stopParley()).toEqual({ code: 0, signal: null });
    await waitFor('the stream to end', () => !reader.isOpen);
    await product.startParley();

    expect((await product.client.channels()).map(({ id, source_channel_id: pageId }) => ({ id, pageId }))).toEqual(
      before.channels,
    );
    expect((await product.client.allConversations()).map(({ id }) => id).toSorted()).toEqual(
      before.conversations.toSorted(),
    );
    expect(await product.client.allMessages(chat.conversationId)).toEqual(before.messages);
    const again = await product.client.messages(chat.conversationId, {
      ...list,
      cursor: first.pagination_data.next_cursor,
    });
    expect(again.data).toEqual(second.data);
    await product.client.conversations({ page_size: 3, cursor: ofConversations.pagination_data.next_cursor });

    const resumed = await product.client.stream({
      lastEventId: cursor,
      query: { conversation_id: at(writers, 1).conversationId },
    });
    const live = newMid();
    await product.webhooks.deliverText({ ...at(writers, 1), text: 'live', mid: live });
    await resumed.waitForMid(live);
    expect(resumed.created.map((message) => message.source_message_id)).toEqual([untold, live]);
    resumed.close();
  }, 30_000);

  it('replays a call that was answered before the kill', async () => {
    const [[sent, id] = []] = [...load.sent];
    const { chat, text, key } = present(sent, 'a send');
    const body = { conversation_id: chat.conversationId, content: { type: 'text', text } };
    const replay = await product.client.call('messages.send', body, { 'idempotency-key': key });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(JSON.parse(replay.text)).toMatchObject({ id });
  });

  it('lets no second process onto its home while it lives', async () => {
    const { exit, output } = await product.startSecondInVain();
    expect(exit.signal).toBeNull();
    expect(exit.code).toBeGreaterThan(0);
    expect(output).toContain(product.home);
    expect(output).toContain(String(product.process.pid));
    expect(output).toMatch(/already running/i);
    expect(output).not.toMatch(/\n\s+at .+\(?.*:\d+:\d+\)?/);
    const ready = await product.client.raw('/health/ready', { method: 'GET' });
    expect(ready.status).toBe(200);
  });

  /** A message says sent, delivered or read exactly when Facebook took it, and with the mid that it gave. */
  async function whatIsWrong(
    sent: readonly (readonly [Sent, string])[],
    calls: readonly GraphSend[],
  ): Promise<string[]> {
    const midByText = new Map(calls.map(({ text, mid }) => [text, mid]));
    const problems = await Promise.all(
      sent.map(async ([{ chat, text }, id]) => {
        const copies = (await product.client.allMessages(chat.conversationId)).filter(
          (message) => textOf(message) === text,
        );
        const [message] = copies;
        if (message === undefined || copies.length !== 1 || message.id !== id) return `${id}: ${copies.length} copies`;
        const mid = midByText.get(text);
        const isRight =
          mid === undefined
            ? ['pending', 'unknown'].includes(message.state)
            : ['sent', 'delivered', 'read'].includes(message.state) && message.source_message_id === mid;
        return isRight ? '' : `${id} is ${message.state}, and Facebook has ${mid ?? 'nothing'}`;
      }),
    );
    return problems.filter((problem) => problem !== '');
  }
});

/** Sends that neither reached Facebook nor have an attempt that was cut off. */
function forgotten(
  sent: readonly (readonly [Sent, string])[],
  accepted: readonly GraphSend[],
  tried: ReadonlySet<string>,
): string[] {
  const taken = new Set(accepted.map(({ text }) => text));
  return sent.flatMap(([{ text }, id]) => (taken.has(text) || tried.has(id) ? [] : [id]));
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** By mid: the ids of the Updates that told of its creation. */
function announcementIds(arrivals: readonly Arrival[]): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { update } of arrivals) {
    if (update.type !== 'message.created') continue;
    const mid = update.payload.message.source_message_id ?? update.payload.message.id;
    ids.set(mid, (ids.get(mid) ?? new Set()).add(update.id));
  }
  return ids;
}
