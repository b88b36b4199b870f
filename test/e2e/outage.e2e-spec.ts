import { setTimeout as sleep } from 'node:timers/promises';
import { expectKept } from '../harness/conversation-order.js';
import { freezePostgres, killPostgres } from '../harness/frozen-postgres.js';
import { ImpatientFacebook } from '../harness/impatient-facebook.js';
import { logLines } from '../harness/log-lines.js';
import { outagePauseMs, outageSeconds } from '../harness/outage.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { startChats } from '../harness/start-chats.js';
import { waitFor } from '../harness/wait-for.js';

const seconds = outageSeconds(10);
const pauseMs = outagePauseMs(seconds);

describe('PostgreSQL goes away under an impatient Facebook', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chats: Chat[];
  let facebook: ImpatientFacebook;

  const ready = (): Promise<number> =>
    product.client.raw('/health/ready', { method: 'GET' }).then(({ status }) => status);
  const said = (words: string): number => logLines(product.output).filter(({ msg }) => msg.includes(words)).length;

  beforeAll(async () => {
    // the embedded PostgreSQL, wherever the suites run
    product = await Product.start({ env: { DATABASE_URL: '', LOG_LEVEL: 'warn' } });
    connected = await product.connectPage();
    await product.leaveContactsAlone();
    chats = await startChats(product, connected, 4);
  }, 60_000);

  beforeEach(() => {
    const { appSecret } = product.settings;
    facebook = new ImpatientFacebook({ url: () => product.process.url, appSecret, pauseMs }, chats);
  });

  afterEach(async () => {
    await facebook.stop();
  });

  afterAll(stopAll);

  it(
    `frozen for ${seconds} s: all is answered 200 in time, and there afterwards, in order, without a hand`,
    async () => {
      const { pid } = product.process;
      facebook.start();
      await facebook.pass(20);
      const wake = freezePostgres(pid);
      await sleep(seconds * 1_000);
      // not one more waits for the log
      await facebook.pass(20);
      wake();
      await waitFor('the spool to be drained', () => said('has all that the spool kept') === 1, 30_000);
      await facebook.pass(20);
      await facebook.stop();
      expect(facebook.dropped).toEqual([]);
      expect(new Set(facebook.tries.map(({ status }) => status))).toEqual(new Set([200]));
      // the log has 3 s, once: whoever comes after the first failure does not wait for it
      expect(facebook.tries.filter(({ ms }) => ms > 2_900).length).toBeLessThanOrEqual(chats.length);
      await expectKept(product, facebook);
      expect(await ready()).toBe(200);
      expect(product.process.pid).toBe(pid);
    },
    60_000 + seconds * 2_000,
  );

  it('killed with -9: it is started again beneath the open door, and nothing is lost', async () => {
    const { pid } = product.process;
    facebook.start();
    for (let round = 0; round < 2; round += 1) {
      await facebook.pass(20);
      killPostgres(pid);
      await waitFor(
        'PostgreSQL to be started again',
        () => product.output.split('PostgreSQL runs again').length === round + 2,
        30_000,
      );
    }
    await facebook.pass(40);
    await facebook.stop();
    expect(facebook.dropped).toEqual([]);
    await expectKept(product, facebook);
    await waitFor('it to be ready', async () => (await ready()) === 200);
    expect(product.process.pid).toBe(pid);
  }, 60_000);

  it('and Parley is killed with -9 while its spool is full of messages: the next start has them before anything newer', async () => {
    facebook.start();
    await facebook.pass(20);
    freezePostgres(product.process.pid);
    await waitFor('the spool to be used', () => said('the spool keeps them') > 0);
    await facebook.pass(40);
    await facebook.stop();
    product.killParley();
    await product.startParley();
    await facebook.round();
    expect(facebook.dropped).toEqual([]);
    await expectKept(product, facebook);
  }, 60_000);

  it(
    `frozen for ${seconds} s with the spool off: 503 and never a false 200, and the gap is told`,
    async () => {
      await product.stopParley();
      await product.startParley({ PARLEY_SPOOL_MAX_MB: '0' });
      const { pid } = product.process;
      const refused = (): number => facebook.tries.filter(({ status }) => status === 503).length;
      facebook.start();
      await facebook.pass(20);
      const wake = freezePostgres(pid);
      await sleep(seconds * 1_000);
      wake();
      await facebook.pass(20);
      await waitFor('the gap to say all that was refused', async () => {
        const { health } = await product.client.channelInfo(connected.channel.id);
        return health.last_gap?.refused === refused();
      });
      await facebook.stop();
      expect(new Set(facebook.tries.map(({ status }) => status))).toEqual(new Set([200, 503]));
      await expectKept(product, facebook);
      expect(await ready()).toBe(200);
      expect(product.process.pid).toBe(pid);
    },
    60_000 + seconds * 2_000,
  );
});
