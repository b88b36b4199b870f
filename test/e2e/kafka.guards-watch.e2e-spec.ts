import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { openKafkaDoor, type KafkaDoor } from '../harness/kafka-door.js';
import { present } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles, type Role } from '../harness/role-environment.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { createTestKafka } from '../harness/test-kafka.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000131', appSecret: 'kafka-watch-secret', verifyToken: 'kafka-watch-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');
const stuckSeconds = 5;
const { topicPrefix } = createTestKafka();
const started = new Map<Role, StartedProcess>();
const home = makeHome();
let database: TestDatabase;
let simulator: StartedSimulator;
let door: KafkaDoor;
let pageId: string;
let channelId: string;
let psid: string;

const environment = (): NodeJS.ProcessEnv =>
  roleEnvironment(
    { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url },
    { KAFKA_BROKERS: door.address, KAFKA_TOPIC_PREFIX: topicPrefix, KAFKA_STUCK_SECONDS: String(stuckSeconds) },
  );
const start = async (role: Role): Promise<void> => {
  started.set(role, await startBundle(role, environment()));
};
const processOf = (role: Role): StartedProcess => present(started.get(role), role);
const client = (): ParleyClient => new ParleyClient(processOf('channels').url, apiKey);
/** Over a connection that stays open: a process without descriptors takes no other. */
const readiness = async (role: Role): Promise<number> => (await fetch(`${processOf(role).url}/health/ready`)).status;
const deliver = async (): Promise<string> => {
  const mid = newMid();
  const webhooks = new WebhookClient(() => processOf('ingester').url, app.appSecret);
  await webhooks.deliverText({ pageId, psid, text: 'hello', mid });
  return mid;
};
const arrives = (mid: string): Promise<unknown> =>
  waitFor('the message', () => client().messageByMid(channelId, mid), 30_000);

beforeAll(async () => {
  door = await openKafkaDoor(5);
  database = await createTestDatabase();
  simulator = await startSimulator(app);
  await startInVain('migrate', environment());
  await Promise.all(roles.map(start));
  const page = await simulator.client.createPage();
  pageId = page.page_id;
  channelId = (await client().connect({ page_id: pageId, page_token: page.page_token })).id;
  psid = await simulator.client.createCustomer(pageId, newPsid());
  await arrives(await deliver());
}, 90_000);

afterAll(async () => {
  await killStarted();
  await database.drop();
  await door.close();
  removeHomes();
});

it('waits for a Kafka that is away, however long, not ready and without an end', async () => {
  door.freezeAll();
  const since = performance.now();
  await waitFor('the projector to be not ready', async () => (await readiness('projector')) === 503);
  const mid = await deliver();
  await waitFor('much more than the limit', () => performance.now() - since > 3_000 * stuckSeconds, 20_000);
  expect(await readiness('projector')).toBe(503);
  expect(await readiness('sender')).toBe(503);
  door.thaw();

  await arrives(mid);
  await waitFor('both to be ready', async () => {
    const answers = await Promise.all([readiness('projector'), readiness('sender')]);
    return answers.every((status) => status === 200);
  });
  expect(roles.filter((role) => processOf(role).output().includes('to be replaced'))).toEqual([]);
}, 90_000);

it('ends with a code of its own where only another process can read on, and that one does', async () => {
  const readers = ['projector', 'sender', 'channels'] as const;
  for (const role of readers) await readiness(role);
  // no new socket gets a number below 20
  for (const role of readers) execFileSync('prlimit', ['--pid', String(processOf(role).pid), '--nofile=20:20']);
  door.cut();

  await waitFor('the projector to be not ready', async () => (await readiness('projector')) === 503);
  const exits = await Promise.all(readers.map((role) => processOf(role).exited));
  expect(exits).toEqual(readers.map(() => ({ code: 75, signal: null })));
  for (const role of readers) {
    const line = processOf(role)
      .output()
      .split('\n')
      .find((each) => each.includes('to be replaced'));
    expect(JSON.parse(present(line, 'its last line'))).toMatchObject({
      level: 'error',
      msg: expect.stringMatching(/ends with code 75, to be replaced: .* has had no answer of Kafka .*EMFILE/) as string,
    });
  }

  const mid = await deliver();
  await Promise.all(readers.map(start));
  await arrives(mid);
}, 90_000);
