import { PAGE_ID, PSID, until, type Facebook } from './facebook.js';
import type { Item, Receiver } from './receiver.js';
import { startWorld, type World } from './start-world.js';

const MINUTE_MS = 60_000;

let world: World;
let facebook: Facebook;
let receiver: Receiver;

beforeEach(async () => {
  world = await startWorld('messages');
  ({ facebook, receiver } = world);
});

afterEach(() => world.close());

/** Numbered messages of the demo customer, in one go; answers when all were taken or lost. */
async function write(count: number, who: Record<string, unknown> = {}): Promise<void> {
  for (let n = 1; n < count; n += 1) await facebook.act('write', { text: String(n), wait: false, ...who });
  await facebook.act('write', { text: String(count), ...who });
}

function texts(): unknown[] {
  return receiver.items().map(({ message }) => (message as { text: string }).text);
}

function midOf(item: Item | undefined): unknown {
  return (item?.['message'] as { mid?: unknown } | undefined)?.mid;
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n + 1));
}

describe('a batch', () => {
  it('holds several items in a POST, in their order', async () => {
    await facebook.control('settings', { webhook_batch: 3, webhook_window_ms: 1_000 });
    await write(7);

    expect(receiver.bodies().map(({ entry }) => entry.map(({ messaging }) => messaging?.length))).toEqual([
      [3],
      [3],
      [1],
    ]);
    expect(texts()).toEqual(numbers(7));
  });

  it('has an entry for each page', async () => {
    const { body } = await facebook.control('pages.create', { id: '201' });
    await facebook.post('/201/subscribed_apps', String(body['page_token']), { subscribed_fields: 'messages' });
    await facebook.control('customers.create', { page_id: '201', psid: '77' });
    await facebook.control('settings', { webhook_batch: 2, webhook_window_ms: 10_000 });
    await facebook.act('write', { text: 'one', wait: false });
    await facebook.act('write', { text: 'two', page_id: '201', psid: '77' });

    expect(receiver.bodies()).toMatchObject([
      {
        object: 'page',
        entry: [
          { id: PAGE_ID, messaging: [{}] },
          { id: '201', messaging: [{}] },
        ],
      },
    ]);
  });

  it('is lost or taken as a whole', async () => {
    await facebook.control('settings', { webhook_batch: 2, webhook_window_ms: 60_000, webhook_repeats: 0 });
    receiver.statuses.push(500);
    await write(2);

    expect((await facebook.state()).webhooks).toMatchObject([{ outcome: 'lost' }, { outcome: 'lost' }]);
  });
});

describe('disorder', () => {
  it('lets neighbours change places, the same way for the same seed', async () => {
    const runs: unknown[][] = [];
    for (const seed of ['a', 'a', 'b']) {
      receiver.received.length = 0;
      await facebook.control('settings', { webhook_disorder: 8, webhook_window_ms: 60_000, seed });
      await write(16);
      await until(() => texts().length === 16);
      runs.push(texts());
    }

    const [first = [], again, other] = runs;
    expect(first).not.toEqual(numbers(16));
    expect([...first.slice(0, 8)].sort()).toEqual(numbers(8));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe('a seed', () => {
  it('makes another Facebook do the same', async () => {
    const other = await startWorld('messages');
    const runs: unknown[] = [];
    for (const each of [world, other]) {
      await each.facebook.control('settings', {
        seed: 's',
        webhook_disorder: 5,
        webhook_window_ms: 60_000,
        webhook_duplicates: 0.5,
      });
      for (const n of numbers(5)) await each.facebook.act('write', { text: n, wait: n === '5' });
      await until(async () => (await each.facebook.state()).webhooks.every(({ outcome }) => outcome === 'delivered'));
      runs.push(each.receiver.items().map(({ message }) => message));
    }
    await other.close();

    expect(runs[0]).toEqual(runs[1]);
  });
});

describe('a duplicate', () => {
  it('has the same mid, another timestamp and another entry.time', async () => {
    await facebook.control('settings', { webhook_duplicates: 1 });
    receiver.onPost = () => new Promise((resolve) => setTimeout(resolve, 2));
    await write(1);

    const [first, second] = receiver.bodies().map(({ entry }) => entry[0]);
    expect(receiver.items().map(midOf)).toEqual([expect.stringMatching(/^m_/), midOf(receiver.items()[0])]);
    expect(receiver.items()[0]?.['timestamp']).not.toBe(receiver.items()[1]?.['timestamp']);
    expect(first?.time).not.toBe(second?.time);
  });
});

describe('an hour of failures', () => {
  it('raises an alert, then unsubscribes the app from the page until it subscribes again', async () => {
    await facebook.control('settings', { webhook_repeats: 0 });
    receiver.statuses.push(500, 500, 500);
    for (const minutes of [0, 20, 61]) {
      await facebook.control('settings', { clock_offset_ms: minutes * MINUTE_MS });
      await facebook.act('write', { text: 'hi' });
    }

    const { alerts, pages } = await facebook.state();
    expect(alerts).toMatchObject([
      { page_id: PAGE_ID, kind: 'webhooks_failing' },
      { page_id: PAGE_ID, kind: 'webhooks_disabled' },
    ]);
    expect(pages[0]?.subscribed_fields).toBeNull();
    const token = await facebook.pageToken();
    expect((await facebook.get('/me/subscribed_apps', token)).body).toEqual({ data: [] });

    await facebook.post('/me/subscribed_apps', token, { subscribed_fields: 'messages' });
    expect((await facebook.act('write', { text: 'hi' })).body['webhook']).toMatchObject({ outcome: 'delivered' });
  });

  it('is forgotten with the first success, and can be seconds', async () => {
    await facebook.control('settings', { webhook_repeats: 0, webhook_disable_after_ms: 1_000 });
    receiver.statuses.push(500, 200, 500);
    for (const seconds of [0, 2, 4]) {
      await facebook.control('settings', { clock_offset_ms: seconds * 1_000 });
      await facebook.act('write', { text: 'hi' });
    }
    expect((await facebook.state()).alerts).toEqual([]);

    receiver.statuses.push(500);
    await facebook.control('settings', { clock_offset_ms: 6_000 });
    await facebook.act('write', { text: 'hi' });
    expect((await facebook.state()).alerts).toMatchObject([{ kind: 'webhooks_disabled' }]);
  });
});

describe('POSTs beside each other', () => {
  it('are as many as set', async () => {
    await facebook.control('settings', { webhook_parallel: 2 });
    let open = 0;
    let most = 0;
    receiver.onPost = async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 20));
      open -= 1;
    };
    const psids = [PSID, '71', '72', '73', '74'];
    for (const psid of psids) await facebook.control('customers.create', { page_id: PAGE_ID, psid });
    await Promise.all(psids.map((psid) => facebook.act('write', { psid, text: 'hi' })));

    expect(most).toBe(2);
  });
});

describe('what was sent', () => {
  it('can be asked for from a number on, for one customer', async () => {
    await facebook.act('write', { text: 'hello' });
    await facebook.sendMessage({ text: 'one' });
    const { next } = (await facebook.control('sends')).body;
    await facebook.sendMessage({ text: 'two' });
    await facebook.send({ recipient: { id: '1' }, message: { text: 'three' } });

    const answer = await facebook.control('sends', { page_id: PAGE_ID, psid: PSID, after: next });
    expect(answer.body).toMatchObject({ next: 3, sends: [{ text: 'two', outcome: 'accepted' }] });
    expect(answer.body['sends']).toHaveLength(1);
  });
});
