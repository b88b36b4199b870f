import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles } from '../harness/role-environment.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000088', appSecret: 'roles-app-secret', verifyToken: 'roles-verify-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

describe('one process per role on DATABASE_URL', () => {
  const started = new Map<string, StartedProcess>();
  const home = makeHome();
  let database: TestDatabase;
  let simulator: StartedSimulator;

  const environment = (): NodeJS.ProcessEnv =>
    roleEnvironment({ databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url });
  const start = async (role: string): Promise<void> => {
    started.set(role, await startBundle(role, environment()));
  };
  const urlOf = (role: string): string => started.get(role)?.url ?? '';
  const client = (): ParleyClient => new ParleyClient(urlOf('channels'), apiKey);

  beforeAll(async () => {
    database = await createTestDatabase();
    simulator = await startSimulator(app);
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await database.drop();
    removeHomes();
  });

  it('refuses a schema that is not its own and says what to run', async () => {
    const { exit, output } = await startInVain('sender', environment());
    expect(exit.code).toBe(1);
    expect(output).toContain('npm run migrate');
  }, 30_000);

  it('migrates by command, and once', async () => {
    expect((await startInVain('migrate', environment())).output).toContain('CreateEventLog');
    const again = await startInVain('migrate', environment());
    expect(again).toMatchObject({ exit: { code: 0 }, output: expect.stringContaining('up to date') as string });
  }, 30_000);

  it('brings one message in and one reply out across four processes', async () => {
    await Promise.all(roles.map(start));
    await simulator.client.subscribe(`${urlOf('ingester')}/webhooks/facebook`, app.verifyToken);
    const page = await simulator.client.createPage();
    const channel = await client().connect({ page_id: page.page_id, page_token: page.page_token });
    expect(channel.webhook_url).toBe(`https://chat.example.org/webhooks/facebook/${channel.id}`);
    const psid = await simulator.client.createCustomer(page.page_id, newPsid());
    const stream = await client().stream();
    await simulator.client.write({ page_id: page.page_id, psid, text: 'hello' });
    const conversation = await waitFor('the conversation', async () => at((await client().conversations()).data, 0));
    const pending = await client().sendText(conversation.id, 'hello yourself');
    await waitFor('the reply to be delivered', async () => (await client().message(pending.id)).state === 'delivered');
    expect(await simulator.client.sendsOf(pending.id)).toHaveLength(1);
    await stream.waitForState(pending.id, 'delivered');
    stream.close();
  }, 60_000);

  it('goes on where a killed role stopped', async () => {
    const conversation = at((await client().conversations()).data, 0);
    for (const role of ['sender', 'projector'] as const) {
      started.get(role)?.killAll();
      await started.get(role)?.exited;
    }
    const pending = await client().sendText(conversation.id, 'while nobody sends');
    const webhooks = new WebhookClient(() => urlOf('ingester'), app.appSecret);
    const mid = newMid();
    const pageId = conversation.channel.source_channel_id;
    await webhooks.deliverText({ pageId, psid: conversation.source_contact_id, text: 'while nobody looks', mid });
    await Promise.all(['sender', 'projector'].map(start));
    // the leases of the killed projector end by PostgreSQL's clock after 8 s
    await waitFor('the message', () => client().messageByMid(conversation.channel.id, mid), 20_000);
    await waitFor('the reply', async () => (await client().message(pending.id)).state === 'delivered', 20_000);
    expect(await simulator.client.sendsOf(pending.id)).toHaveLength(1);
  }, 60_000);
});
