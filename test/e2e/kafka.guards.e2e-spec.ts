import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { openKafkaDoor, type KafkaDoor } from '../harness/kafka-door.js';
import { at } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles } from '../harness/role-environment.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { createTestKafka, safeKafkaEnvironment } from '../harness/test-kafka.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000101', appSecret: 'kafka-away-secret', verifyToken: 'kafka-away-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');
const { topicPrefix } = createTestKafka();
const started = new Map<string, StartedProcess>();
const home = makeHome();
let database: TestDatabase;
let simulator: StartedSimulator;
let door: KafkaDoor;

const environment = (own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
  roleEnvironment(
    { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url },
    { KAFKA_BROKERS: door.address, KAFKA_TOPIC_PREFIX: topicPrefix, ...own },
  );
const start = async (role: string): Promise<void> => {
  started.set(role, await startBundle(role, environment()));
};
const urlOf = (role: string): string => started.get(role)?.url ?? '';
const client = (): ParleyClient => new ParleyClient(urlOf('channels'), apiKey);
const readiness = async (url: string): Promise<{ status: number; body: string }> => {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: await response.text() };
};

beforeAll(async () => {
  door = await openKafkaDoor(3);
  database = await createTestDatabase();
  simulator = await startSimulator(app);
  await startInVain('migrate', environment());
}, 60_000);

afterAll(async () => {
  await killStarted();
  await database.drop();
  await door.close();
  removeHomes();
});

it('comes in by TLS and a password', async () => {
  const projector = await startBundle('projector', environment(safeKafkaEnvironment()));
  await waitFor('the projector to be ready', async () => (await readiness(projector.url)).status === 200);
  expect(await projector.stop()).toMatchObject({ code: 0 });
}, 60_000);

it('starts while Kafka is away, alive and not ready, and begins when it is there', async () => {
  door.freezeAll();
  await Promise.all(roles.map(start));
  const { status, body } = await readiness(urlOf('sender'));
  door.thaw();
  expect({ status, body }).toEqual({ status: 503, body: expect.stringContaining('Kafka does not answer') as string });
  await waitFor('every role to be ready', async () => {
    const answers = await Promise.all(roles.map((role) => readiness(urlOf(role))));
    return answers.every((answer) => answer.status === 200);
  });
}, 90_000);

it('takes webhooks and calls while Kafka is away, and brings both where they belong when it is back', async () => {
  const page = await simulator.client.createPage();
  const channel = await client().connect({ page_id: page.page_id, page_token: page.page_token });
  const psid = await simulator.client.createCustomer(page.page_id, newPsid());
  const webhooks = new WebhookClient(() => urlOf('ingester'), app.appSecret);
  const deliver = async (text: string): Promise<string> => {
    const mid = newMid();
    await webhooks.deliverText({ pageId: page.page_id, psid, text, mid });
    return mid;
  };
  const first = await deliver('before');
  await waitFor('the first message', () => client().messageByMid(channel.id, first), 20_000);
  const conversation = at((await client().conversations()).data, 0);

  door.freezeAll();
  const away = [await deliver('while Kafka is away'), await deliver('and once more')];
  const pending = await client().sendText(conversation.id, 'an answer meanwhile');
  const ready = await Promise.all(roles.map(async (role) => [role, (await readiness(urlOf(role))).status]));
  expect(Object.fromEntries(ready)).toEqual({ ingester: 200, channels: 200, projector: 503, sender: 503 });
  door.thaw();

  for (const mid of away) await waitFor('the message', () => client().messageByMid(channel.id, mid), 30_000);
  // the simulated customer reads what is sent; nothing is sent twice
  await waitFor('the reply', async () => (await client().message(pending.id)).state === 'sent', 30_000);
  expect(await simulator.client.sendsOf(pending.id)).toHaveLength(1);
}, 120_000);
