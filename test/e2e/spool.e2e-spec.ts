import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ask } from '../harness/answer.js';
import { expectKept } from '../harness/conversation-order.js';
import { CutLine } from '../harness/cut-line.js';
import { readExposition, valueOf } from '../harness/exposition.js';
import { freePort } from '../harness/free-port.js';
import { ImpatientFacebook } from '../harness/impatient-facebook.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { Product, stopAll, type Chat } from '../harness/start-product.js';
import { startChats } from '../harness/start-chats.js';
import { makeHome } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';

describe('an ingester of its own, on a line that is cut', () => {
  const home = makeHome();
  let database: TestDatabase;
  let line: CutLine;
  let product: Product;
  let ingester: StartedProcess;
  let chats: Chat[];
  let facebook: ImpatientFacebook;
  let metricsPort: number;

  const environment = (): NodeJS.ProcessEnv => ({
    DATABASE_URL: line.url,
    PARLEY_HOME: home,
    PARLEY_ENCRYPTION_KEY: Buffer.alloc(32, 'e2e').toString('base64'),
    PARLEY_PUBLIC_URL: 'https://chat.example.org',
    PORT: '0',
    METRICS_PORT: String(metricsPort),
    FACEBOOK_APP_ID: product.settings.appId,
    FACEBOOK_APP_SECRET: product.settings.appSecret,
  });
  const start = async (): Promise<void> => {
    ingester = await startBundle('ingester', environment());
  };
  const ready = async (): Promise<{ status: number; text: string }> =>
    ask(`${ingester.url}/health/ready`, { method: 'GET' });
  const gauge = async (name: string): Promise<number> =>
    valueOf(readExposition(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()), name);
  const spooled = (): string[] => readdirSync(join(home, 'spool')).filter((name) => name.endsWith('.spool'));

  beforeAll(async () => {
    database = await createTestDatabase();
    line = await CutLine.to(database.url);
    metricsPort = await freePort();
    const PARLEY_ENCRYPTION_KEY = Buffer.alloc(32, 'e2e').toString('base64');
    product = await Product.start({ env: { DATABASE_URL: database.url, PARLEY_ENCRYPTION_KEY } });
    chats = await startChats(product, await product.connectPage(), 4);
    await start();
    facebook = new ImpatientFacebook({ url: () => ingester.url, appSecret: product.settings.appSecret }, chats);
    await facebook.round();
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await line.cut();
    await database.drop();
    await stopAll();
  });

  it('stays ready and takes everything, pages it has never seen included, and says what waits', async () => {
    expect((await ready()).status).toBe(200);
    await line.cut();
    await facebook.round();
    await facebook.round();
    const answer = await ready();
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('the spool holds 8 webhooks');
    expect(await gauge('parley_spool_webhooks')).toBe(8);
    expect(await gauge('parley_spool_bytes')).toBeGreaterThan(8 * 200);
    expect(await gauge('parley_spool_oldest_seconds')).toBeGreaterThan(0);
    expect(await gauge('parley_database_up')).toBe(0);
    expect(facebook.dropped).toEqual([]);
  });

  it('is the only one on its spool', async () => {
    const { exit, output } = await startInVain('ingester', {
      ...environment(),
      DATABASE_URL: database.url,
      METRICS_PORT: '0',
    });
    expect(exit.code).toBe(1);
    expect(output).toContain(`process ${ingester.pid} holds it`);
    expect(output).toContain('PARLEY_SPOOL_DIR');
  }, 30_000);

  it('closes within seconds on SIGTERM, and the next start has what was kept before anything newer', async () => {
    expect(await ingester.stop()).toEqual({ code: 0, signal: null });
    expect(spooled()).toHaveLength(1);
    expect(existsSync(join(home, 'spool', 'parley.lock'))).toBe(false);
    cpSync(join(home, 'spool'), join(home, 'copy'), { recursive: true });
    await line.mend();
    await start();
    await facebook.round();
    await expectKept(product, facebook);
    await waitFor('the spool to be empty', () => spooled().length === 0);
  }, 40_000);

  it('may drain it twice', async () => {
    await ingester.stop();
    cpSync(join(home, 'copy'), join(home, 'spool'), { recursive: true });
    await start();
    await waitFor('the spool to be empty', () => spooled().length === 0);
    await facebook.round();
    await expectKept(product, facebook);
  }, 40_000);

  it('is killed with -9, and the next start has what was kept', async () => {
    await line.cut();
    await facebook.round();
    ingester.killAll();
    await ingester.exited;
    await line.mend();
    await start();
    await facebook.round();
    await expectKept(product, facebook);
    expect(facebook.dropped).toEqual([]);
    expect(new Set(facebook.tries.map(({ status }) => status))).toEqual(new Set([200]));
  }, 40_000);

  it('drains what it kept although it is off by now', async () => {
    await line.cut();
    await facebook.round();
    await ingester.stop();
    await line.mend();
    ingester = await startBundle('ingester', { ...environment(), PARLEY_SPOOL_MAX_MB: '0' });
    await facebook.round();
    await expectKept(product, facebook);
  }, 40_000);
});
