import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ask, expectProblem, type Answer } from '../harness/answer.js';
import { DatabaseDoor } from '../harness/database-door.js';
import { envelope, newMid, newPsid, textItem } from '../harness/facebook-items.js';
import { freePort } from '../harness/free-port.js';
import { only } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { descendantsOf, sendSignal } from '../harness/process-tree.js';
import { roleEnvironment } from '../harness/role-environment.js';
import { facebookJson, signatureOf } from '../harness/sign-webhook.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000084', appSecret: 'early-spool-secret', verifyToken: 'early-spool-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

/** interleaving 1: the machine came up again, PostgreSQL not yet. */
describe('an ingester with a spool that is started before its PostgreSQL', () => {
  const home = makeHome();
  const mids = [newMid(), newMid(), newMid()] as const;
  let database: TestDatabase;
  let empty: TestDatabase;
  let door: DatabaseDoor;
  let simulator: StartedSimulator;
  let client: ParleyClient;
  let port: number;
  let page: { readonly pageId: string; readonly channelId: string };
  let starting: Promise<StartedProcess>;

  const environment = (databaseUrl: string, own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
    roleEnvironment({ databaseUrl, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url }, own);
  const url = (): string => `http://127.0.0.1:${port}`;
  const webhooks = new WebhookClient(url, app.appSecret);
  const bodyOf = (mid: string): string =>
    facebookJson(envelope(page.pageId, [textItem({ pageId: page.pageId, psid: newPsid(), text: 'early', mid })]));
  const ready = (): Promise<Answer> => ask(`${url()}/health/ready`, { method: 'GET' });
  const begin = (): Promise<void> => {
    starting = startBundle('ingester', environment(door.url, { PORT: String(port) }));
    // heard of where it is waited for
    starting.catch(() => undefined);
    return waitFor('it to be alive', async () => {
      const { status } = await ask(`${url()}/health/live`, { method: 'GET' });
      return status === 200;
    }).then(() => undefined);
  };

  beforeAll(async () => {
    [database, empty] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    simulator = await startSimulator(app);
    await startInVain('migrate', environment(database.url));
    const others = { PARLEY_HOME: makeHome() };
    client = new ParleyClient((await startBundle('channels', environment(database.url, others))).url, apiKey);
    await startBundle('projector', environment(database.url, others));
    const { page_id: pageId, page_token } = await simulator.client.createPage();
    page = { pageId, channelId: (await client.connect({ page_id: pageId, page_token })).id };
    door = await DatabaseDoor.before(database.url);
    port = await freePort();
    await begin();
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await door.shut();
    await Promise.all([database.drop(), empty.drop()]);
    removeHomes();
  });

  it('keeps what its configured app has signed, at every door, and says what waits (interleaving 1)', async () => {
    const answers = [
      await webhooks.post(bodyOf(mids[0])),
      await webhooks.post(bodyOf(mids[1]), { path: `/webhooks/facebook/${page.channelId}` }),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, 'EVENT_RECEIVED'],
      [200, 'EVENT_RECEIVED'],
    ]);
    expect(expectProblem(await ready(), 503, 'unavailable').detail).toContain('it holds 2 webhooks');
  });

  it('keeps nothing else: who else may sign is not known', async () => {
    const body = bodyOf(newMid());
    for (const signature of [null, signatureOf(body, 'of another app')])
      expectProblem(await webhooks.post(body, { signature }), 503, 'unavailable');
    expectProblem(await webhooks.post(body, { path: '/elsewhere' }), 503, 'unavailable');
    expect(expectProblem(await ready(), 503, 'unavailable').detail).toContain('it holds 2 webhooks');
  });

  it('still has them when it is killed, and when its database turns out to be none of Parley', async () => {
    const ingesters = descendantsOf(process.pid).filter(({ command }) => command.includes('ingester.mjs'));
    sendSignal(only(ingesters, 'ingester').pid, 'SIGKILL');
    await expect(starting).rejects.toThrow();
    const { exit, output } = await startInVain('ingester', environment(empty.url));
    expect(exit.code).toBe(1);
    expect(output).toContain('npm run migrate');
    await begin();
    expect(expectProblem(await ready(), 503, 'unavailable').detail).toContain('it holds 2 webhooks');
    expect((await webhooks.post(bodyOf(mids[2]))).status).toBe(200);
  }, 30_000);

  it('brings them to the log when PostgreSQL comes', async () => {
    await door.open();
    const { output } = await starting;
    for (const mid of mids) await waitFor('the message', () => client.messageByMid(page.channelId, mid));
    expect((await ready()).status).toBe(200);
    expect(output()).toContain('"webhooks":3');
  }, 30_000);
});
