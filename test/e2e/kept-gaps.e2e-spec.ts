import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { CutLine } from '../harness/cut-line.js';
import { envelope, newPsid, textItem } from '../harness/facebook-items.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment } from '../harness/role-environment.js';
import { facebookJson } from '../harness/sign-webhook.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000083', appSecret: 'gaps-app-secret', verifyToken: 'gaps-verify-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

/** interleaving 1: with the spool off, and the process that refused did not live to tell of it. */
describe('an ingester that is killed after it has refused webhooks', () => {
  const home = makeHome();
  const notes = join(home, 'spool.gaps');
  let database: TestDatabase;
  let line: CutLine;
  let simulator: StartedSimulator;
  let ingester: StartedProcess;
  let client: ParleyClient;

  const environment = (databaseUrl: string): NodeJS.ProcessEnv =>
    roleEnvironment(
      { databaseUrl, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url },
      { PARLEY_SPOOL_MAX_MB: '0' },
    );
  const webhooks = new WebhookClient(() => ingester.url, app.appSecret);
  const post = async (pageId: string): Promise<number> => {
    const body = facebookJson(envelope(pageId, [textItem({ pageId, psid: newPsid(), text: 'lost?' })]));
    return (await webhooks.post(body)).status;
  };
  const noted = (): string =>
    readdirSync(notes)
      .map((name) => readFileSync(join(notes, name), 'utf8'))
      .join('');

  beforeAll(async () => {
    database = await createTestDatabase();
    line = await CutLine.to(database.url);
    simulator = await startSimulator(app);
    await startInVain('migrate', environment(database.url));
    client = new ParleyClient((await startBundle('channels', environment(database.url))).url, apiKey);
    ingester = await startBundle('ingester', environment(line.url));
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await line.cut();
    await database.drop();
    removeHomes();
  });

  it('has the gap told by the next one, when PostgreSQL is back (interleaving 1)', async () => {
    const { page_id: pageId, page_token } = await simulator.client.createPage();
    const channel = await client.connect({ page_id: pageId, page_token });
    expect(await post(pageId)).toBe(200);
    await line.cut();
    const from = Date.now();
    expect(await Promise.all([post(pageId), post(pageId), post(pageId)])).toEqual([503, 503, 503]);
    const to = Date.now();
    await waitFor('the note', () => noted().includes('"refused":3'));
    ingester.killAll();
    await ingester.exited;
    await line.mend();
    ingester = await startBundle('ingester', environment(line.url));
    const gap = await waitFor('the gap', async () => (await client.channelInfo(channel.id)).health.last_gap);
    expect(gap.refused).toBe(3);
    expect(Date.parse(gap.from)).toBeGreaterThanOrEqual(from);
    expect(Date.parse(gap.to)).toBeLessThanOrEqual(to);
    await waitFor('the note to be gone', () => readdirSync(notes).length === 0);
  }, 60_000);
});
