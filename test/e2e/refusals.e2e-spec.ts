import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { expectKept } from '../harness/conversation-order.js';
import { CutLine } from '../harness/cut-line.js';
import { readExposition, valueOf } from '../harness/exposition.js';
import { freePort } from '../harness/free-port.js';
import { ImpatientFacebook } from '../harness/impatient-facebook.js';
import { alarms } from '../harness/log-lines.js';
import { outagePauseMs, outageSeconds } from '../harness/outage.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { startChats } from '../harness/start-chats.js';
import { waitFor } from '../harness/wait-for.js';

const seconds = outageSeconds(0);
const pauseMs = outagePauseMs(seconds);

const MIB = 1_048_576;

describe.each([
  ['off', '0', 0],
  // a dozen of these fill it
  ['full', '1', 80_000],
])('with the spool %s while PostgreSQL is away', (_, PARLEY_SPOOL_MAX_MB, textLength) => {
  let database: TestDatabase;
  let line: CutLine;
  let product: Product;
  let connected: ConnectedPage;
  let chats: Chat[];
  let facebook: ImpatientFacebook;
  let metricsPort: number;
  let from: number;
  let to: number;

  const gauge = async (name: string): Promise<number> =>
    valueOf(readExposition(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()), name);
  const refusals = (): ImpatientFacebook['tries'] => facebook.tries.filter(({ status }) => status !== 200);

  beforeAll(async () => {
    database = await createTestDatabase();
    line = await CutLine.to(database.url);
    metricsPort = await freePort();
    const env = { DATABASE_URL: line.url, PARLEY_SPOOL_MAX_MB, METRICS_PORT: String(metricsPort), LOG_LEVEL: 'warn' };
    product = await Product.start({ env });
    connected = await product.connectPage();
    chats = await startChats(product, connected, 4);
    const appSecret = product.settings.appSecret;
    facebook = new ImpatientFacebook({ url: () => product.process.url, appSecret, textLength, pauseMs }, chats);
  }, 60_000);

  afterAll(async () => {
    await stopAll();
    await line.cut();
    await database.drop();
  });

  it(
    'answers 503 with Retry-After, at once, and never a false 200',
    async () => {
      await facebook.round();
      await line.cut();
      from = Date.now();
      facebook.start();
      await waitFor('Facebook to give up on some', () => facebook.dropped.length >= 3, 20_000);
      await sleep(Math.max(0, from + seconds * 1_000 - Date.now()));
      await facebook.stop();
      to = Date.now();
      expect(new Set(refusals().map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(
        new Set(['503 1']),
      );
      expect(Math.max(...facebook.tries.map(({ ms }) => ms))).toBeLessThan(5_000);
      expect(await gauge('parley_spool_bytes')).toBeLessThanOrEqual(Number(PARLEY_SPOOL_MAX_MB) * MIB);
      expect(alarms(product.output)).toMatchObject([{ msg: expect.stringContaining('PARLEY_SPOOL_MAX_MB') as string }]);
      const ready = await product.client.raw('/health/ready', { method: 'GET' });
      expect(ready.status).toBe(503);
      expect(JSON.parse(ready.text)).toMatchObject({ details: { webhooks: { status: 'down' } } });
    },
    40_000 + seconds * 2_000,
  );

  it('tells the gap on the channel when PostgreSQL is back, and takes everything again without a hand', async () => {
    const stream = await waitFor('the stream', async () => {
      await line.mend();
      return product.client.stream({ query: { channel_id: connected.channel.id } });
    });
    const gap = await waitFor(
      'the gap',
      async () => (await product.client.channelInfo(connected.channel.id)).health.last_gap,
    );
    expect(gap.refused).toBe(refusals().length);
    expect(Date.parse(gap.from)).toBeGreaterThanOrEqual(from);
    expect(Date.parse(gap.to)).toBeLessThanOrEqual(to);
    await waitFor('its announcement', () =>
      stream.updates.find(({ payload }) => JSON.stringify(payload).includes('"last_gap"')),
    );
    stream.close();
    const refusedBefore = refusals().length;
    await facebook.round();
    expect(refusals()).toHaveLength(refusedBefore);
    await expectKept(product, facebook);
    expect(await gauge('parley_spool_webhooks')).toBe(0);
    expect(await gauge('parley_spool_oldest_seconds')).toBe(0);
  }, 40_000);
});
