import { randomBytes } from 'node:crypto';
import { openDataSource, openPgDatabase, type Database } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ask, expectProblem, type Answer } from '../harness/answer.js';
import { DatabaseDoor } from '../harness/database-door.js';
import { envelope, newMid, newPsid, textItem } from '../harness/facebook-items.js';
import { freePort } from '../harness/free-port.js';
import { only } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { descendantsOf, sendSignal } from '../harness/process-tree.js';
import { roleEnvironment, roles, type Role } from '../harness/role-environment.js';
import { facebookJson } from '../harness/sign-webhook.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000089', appSecret: 'early-app-secret', verifyToken: 'early-verify-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

/** What runs on a PostgreSQL that is not its own. */
const programs = [...roles, 'standalone'] as const;
type Program = Role | 'standalone';

describe('a process that is started before its PostgreSQL', () => {
  const ports = new Map<Program, number>();
  const home = makeHome();
  let database: TestDatabase;
  let looked: Database;
  let door: DatabaseDoor;
  let simulator: StartedSimulator;
  let starting: Promise<StartedProcess>[];

  const environment = (databaseUrl: string, own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
    roleEnvironment(
      { databaseUrl, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url },
      { PARLEY_SPOOL_MAX_MB: '0', ...own },
    );
  const urlOf = (role: Program): string => `http://127.0.0.1:${ports.get(role) ?? 0}`;
  const get = (role: Program, path: string): Promise<Answer> => ask(`${urlOf(role)}${path}`, { method: 'GET' });
  const client = (): ParleyClient => new ParleyClient(urlOf('channels'), apiKey);
  const webhooks = new WebhookClient(() => urlOf('ingester'), app.appSecret);

  beforeAll(async () => {
    database = await createTestDatabase();
    simulator = await startSimulator(app);
    await startInVain('migrate', environment(database.url));
    looked = openPgDatabase(await openDataSource({ url: database.url, poolSize: 1, hasTimeouts: false }));
    door = await DatabaseDoor.before(database.url);
    for (const program of programs) ports.set(program, await freePort());
    starting = programs.map((program) =>
      startBundle(program, environment(door.url, { PORT: String(ports.get(program)), PARLEY_HOME: makeHome() })),
    );
    // heard of where it is waited for
    for (const start of starting) start.catch(() => undefined);
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await door.shut();
    await looked.close();
    await database.drop();
    removeHomes();
  });

  it.each(programs)('is alive and not ready, and says what it waits for: %s', async (role) => {
    await waitFor(`${role} to be alive`, async () => (await get(role, '/health/live')).status === 200);
    const problem = expectProblem(await get(role, '/health/ready'), 503, 'unavailable');
    expect(problem.detail).toContain('PostgreSQL does not answer yet');
  });

  it('takes nothing meanwhile', async () => {
    const answer = await webhooks.post('{}');
    expectProblem(answer, 503, 'unavailable');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it.each(['sender', 'standalone'])(
    'ends when it is told to: %s',
    async (program) => {
      const port = await freePort();
      const ended = startInVain(program, environment(door.url, { PORT: String(port), PARLEY_HOME: makeHome() }), [
        '--to-be-ended',
      ]);
      await waitFor(`${program} to wait`, async () => {
        const { status } = await ask(`http://127.0.0.1:${port}/health/live`, { method: 'GET' });
        return status === 200;
      });
      const family = descendantsOf(process.pid).filter(({ command }) => command.includes('--to-be-ended'));
      sendSignal(only(family, program).pid, 'SIGTERM');
      expect((await ended).exit).toEqual({ code: 0, signal: null });
    },
    30_000,
  );

  it('does not wait for what no waiting heals', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    const { exit, output } = await startInVain('sender', environment(wrong.href));
    expect(exit.code).toBe(1);
    expect(output).toContain('password authentication failed');
  }, 30_000);

  it('serves when PostgreSQL comes, and nobody has to start it again', async () => {
    await door.open();
    await Promise.all(starting);
    for (const program of programs) expect((await get(program, '/health/ready')).status).toBe(200);
    await expectMessage(await connectPage());
  }, 60_000);

  it('calls no page unknown while it cannot ask whose it is (interleaving 5)', async () => {
    const page = await connectPage();
    const mid = newMid();
    const body = facebookJson(
      envelope(page.page_id, [textItem({ pageId: page.page_id, psid: newPsid(), text: 'whose?', mid })]),
    );
    await looked.transaction(async (sql) => {
      await sql.query('lock table channels in access exclusive mode');
      expectProblem(await webhooks.post(body), 503, 'unavailable');
    });
    expect((await webhooks.post(body)).status).toBe(200);
    await waitFor('the message', () => client().messageByMid(page.channelId, mid));
    const unrouted = await looked.query('select 1 from log_records where topic = $1', ['channel.unrouted']);
    expect(unrouted).toEqual([]);
  });

  async function connectPage(): Promise<{ page_id: string; channelId: string }> {
    const { page_id, page_token } = await simulator.client.createPage();
    const channel = await client().connect({ page_id, page_token });
    return { page_id, channelId: channel.id };
  }

  async function expectMessage({ page_id: pageId, channelId }: { page_id: string; channelId: string }): Promise<void> {
    const mid = newMid();
    await webhooks.deliverText({ pageId, psid: newPsid(), text: 'at last', mid });
    await waitFor('the message', () => client().messageByMid(channelId, mid));
  }
});
