import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles } from '../harness/role-environment.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { createTestKafka } from '../harness/test-kafka.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000099', appSecret: 'kafka-app-secret', verifyToken: 'kafka-verify-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

describe('one process per role on Kafka', () => {
  const { brokers, topicPrefix } = createTestKafka();
  const started = new Map<string, StartedProcess>();
  const home = makeHome();
  let database: TestDatabase;
  let simulator: StartedSimulator;

  const environment = (own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
    roleEnvironment(
      { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url },
      { KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC_PREFIX: topicPrefix, ...own },
    );
  const start = async (role: string): Promise<void> => {
    started.set(role, await startBundle(role, environment()));
  };
  const urlOf = (role: string): string => started.get(role)?.url ?? '';
  const client = (): ParleyClient => new ParleyClient(urlOf('channels'), apiKey);
  const kill = async (role: string): Promise<void> => {
    started.get(role)?.killAll();
    await started.get(role)?.exited;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    simulator = await startSimulator(app);
    await startInVain('migrate', environment());
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await database.drop();
    removeHomes();
  });

  it('brings messages in, and replies out, and tells both on the stream', async () => {
    await Promise.all(roles.map(start));
    await simulator.client.subscribe(`${urlOf('ingester')}/webhooks/facebook`, app.verifyToken);
    const page = await simulator.client.createPage();
    await client().connect({ page_id: page.page_id, page_token: page.page_token });
    const psid = await simulator.client.createCustomer(page.page_id, newPsid());
    const stream = await client().stream();
    await simulator.client.write({ page_id: page.page_id, psid, text: 'hello' });
    const conversation = await waitFor('the conversation', async () => at((await client().conversations()).data, 0));
    const pending = await client().sendText(conversation.id, 'hello yourself');
    await waitFor('the reply to be delivered', async () => (await client().message(pending.id)).state === 'delivered');
    expect(await simulator.client.sendsOf(pending.id)).toHaveLength(1);
    await stream.waitForState(pending.id, 'delivered');
    stream.close();
  }, 90_000);

  it('goes on where a killed role stopped', async () => {
    const conversation = at((await client().conversations()).data, 0);
    await Promise.all(['sender', 'projector'].map(kill));
    const pending = await client().sendText(conversation.id, 'while nobody sends');
    const webhooks = new WebhookClient(() => urlOf('ingester'), app.appSecret);
    const mid = newMid();
    const pageId = conversation.channel.source_channel_id;
    await webhooks.deliverText({ pageId, psid: conversation.source_contact_id, text: 'while nobody looks', mid });
    await Promise.all(['sender', 'projector'].map(start));
    // the leases of the killed processes end by PostgreSQL's clock after 8 s
    await waitFor('the message', () => client().messageByMid(conversation.channel.id, mid), 30_000);
    await waitFor('the reply', async () => (await client().message(pending.id)).state === 'delivered', 30_000);
    expect(await simulator.client.sendsOf(pending.id)).toHaveLength(1);
  }, 90_000);

  it('sends while no projector runs, and tells of it when one is back', async () => {
    const conversation = at((await client().conversations()).data, 0);
    const stream = await client().stream();
    await kill('projector');
    const pending = await client().sendText(conversation.id, 'while nobody relays');
    await waitFor('the call', async () => (await simulator.client.sendsOf(pending.id)).length === 1);
    await start('projector');
    await stream.waitForState(pending.id, 'delivered', 30_000);
    expect(await simulator.client.sendsOf(pending.id)).toHaveLength(1);
    stream.close();
  }, 90_000);

  it('refuses to start on topics that are not as they must be', async () => {
    const { exit, output } = await startInVain('projector', environment({ LOG_RETENTION_DAYS: '30' }));
    expect(exit.code).toBe(1);
    expect(output).toContain(`${topicPrefix}channel.events in Kafka has retention.ms=604800000 instead of 2592000000`);
  }, 30_000);
});
