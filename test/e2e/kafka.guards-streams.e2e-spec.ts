import { randomBytes } from 'node:crypto';
import type { Update } from '#libs/messaging';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { openKafkaDoor, type KafkaDoor } from '../harness/kafka-door.js';
import { present } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { sendSignal } from '../harness/process-tree.js';
import { roleEnvironment } from '../harness/role-environment.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { StreamPair, midsOf } from '../harness/stream-pair.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { createTestKafka } from '../harness/test-kafka.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000147', appSecret: 'kafka-nodes-secret', verifyToken: 'kafka-nodes-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');
const customers = 6;
const onlyNew = { types: 'message.created' };
const { topicPrefix } = createTestKafka();
const started = new Map<string, StartedProcess>();
const home = makeHome();
let database: TestDatabase;
let simulator: StartedSimulator;
let door: KafkaDoor;
let pageId: string;
let psids: string[];

const start = async (name: string, role = name): Promise<void> => {
  const settings = { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url };
  const env = { KAFKA_BROKERS: door.address, KAFKA_TOPIC_PREFIX: topicPrefix };
  started.set(name, await startBundle(role, roleEnvironment(settings, env)));
};
const processOf = (name: string): StartedProcess => present(started.get(name), name);
const node = (name: string): ParleyClient => new ParleyClient(processOf(name).url, apiKey);
const startNode = (name: string): Promise<void> => start(name, 'channels');

/** Messages of all customers, one after the other of each, until it is told to end. Answers the mids of each customer, as answered 200. */
function startLoad(): { readonly posted: readonly string[][]; stop(): Promise<void> } {
  const webhooks = new WebhookClient(() => processOf('ingester').url, app.appSecret);
  const posted = psids.map((): string[] => []);
  let isOver = false;
  const write = async (psid: string, mids: string[]): Promise<void> => {
    while (!isOver) {
      const mid = newMid();
      await webhooks.deliverText({ pageId, psid, text: `message ${mids.length}`, mid });
      mids.push(mid);
    }
  };
  const running = Promise.all(psids.map((psid, index) => write(psid, present(posted[index], 'mids'))));
  return {
    posted,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}

const tellsOf =
  (id: string) =>
  ({ type, payload }: Update): boolean =>
    type === 'message.created' && 'message' in payload && payload.message.id === id;
/** One customer's after the other's. */
const joined = (first: readonly string[][], second: readonly string[][]): string[][] =>
  first.map((mids, index) => [...mids, ...(second[index] ?? [])]);
const countOf = (posted: readonly string[][]): number => posted.reduce((sum, mids) => sum + mids.length, 0);

/** All of it, once, and of each customer in the order in which it was written. */
function expectWhole(updates: readonly Update[], posted: readonly string[][]): void {
  const told = midsOf(updates);
  for (const mids of posted) {
    const wanted = new Set<string | undefined>(mids);
    expect(told.filter((mid) => wanted.has(mid))).toEqual(mids);
  }
}

beforeAll(async () => {
  door = await openKafkaDoor(6);
  database = await createTestDatabase();
  simulator = await startSimulator(app);
  const settings = { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url };
  await startInVain('migrate', roleEnvironment(settings));
  await Promise.all([start('ingester'), start('projector'), start('sender'), startNode('a'), startNode('b')]);
  const page = await simulator.client.createPage();
  pageId = page.page_id;
  await node('a').connect({ page_id: pageId, page_token: page.page_token });
  psids = await Promise.all(
    Array.from({ length: customers }, () => simulator.client.createCustomer(pageId, newPsid())),
  );
}, 90_000);

afterAll(async () => {
  await killStarted();
  await database.drop();
  await door.close();
  removeHomes();
});

it('resumes on another node when its own is killed with -9 under load: nothing missing, nothing twice, in order', async () => {
  const before = await StreamPair.open(node('a'), onlyNew);
  const load = startLoad();
  await before.waitForCount(50, 30_000);
  processOf('a').killAll();
  await processOf('a').exited;
  const [sse, socket] = await Promise.all([
    node('b').stream({ query: onlyNew, lastEventId: before.sse.lastId }),
    node('b').socket({ query: onlyNew, lastEventId: before.socket.lastId }),
  ]);
  const after = countOf(load.posted) + 30;
  await waitFor('more to be posted', () => countOf(load.posted) > after, 30_000);
  await load.stop();

  const total = countOf(load.posted);
  const all = (): (readonly Update[])[] => [
    [...before.sse.updates, ...sse.updates],
    [...before.socket.updates, ...socket.updates],
  ];
  await waitFor('all of it on both', () => all().every((updates) => updates.length >= total), 30_000);
  for (const updates of all()) expectWhole(updates, load.posted);
  sse.close();
  socket.close();
  await startNode('a');
}, 120_000);

it('takes a cursor of a node that is ahead of it', async () => {
  const behind = processOf('b');
  const ahead = await StreamPair.open(node('a'), onlyNew);
  sendSignal(behind.pid, 'SIGSTOP');
  const load = startLoad();
  await ahead.waitForCount(40, 30_000);
  // the question is there before the node has read anything on
  const resuming = Promise.all([
    node('b').stream({ query: onlyNew, lastEventId: ahead.sse.lastId }),
    node('b').socket({ query: onlyNew, lastEventId: ahead.socket.lastId }),
  ]);
  const seen = [[...ahead.sse.updates], [...ahead.socket.updates]] as const;
  ahead.close();
  sendSignal(behind.pid, 'SIGCONT');
  const [sse, socket] = await resuming;
  const after = countOf(load.posted) + 20;
  await waitFor('more to be posted', () => countOf(load.posted) > after, 30_000);
  await load.stop();

  const total = countOf(load.posted);
  const all = (): (readonly Update[])[] => [
    [...seen[0], ...sse.updates],
    [...seen[1], ...socket.updates],
  ];
  await waitFor('all of it on both', () => all().every((updates) => updates.length >= total), 30_000);
  for (const updates of all()) expectWhole(updates, load.posted);
  sse.close();
  socket.close();
}, 120_000);

it('takes a cursor of a node that is behind it', async () => {
  const behind = processOf('a');
  const slow = await StreamPair.open(node('a'), onlyNew);
  const other = await StreamPair.open(node('b'), onlyNew);
  sendSignal(behind.pid, 'SIGSTOP');
  const load = startLoad();
  await other.waitForCount(40, 30_000);
  await load.stop();
  await other.waitForCount(countOf(load.posted), 30_000);
  const resumed = await StreamPair.open(node('b'), onlyNew, { lastEventId: slow.sse.lastId });
  await resumed.waitForCount(countOf(load.posted), 30_000);
  sendSignal(behind.pid, 'SIGCONT');

  for (const reader of [...other.both, ...resumed.both]) expectWhole(reader.updates, load.posted);
  for (const pair of [slow, other, resumed]) pair.close();
}, 120_000);

it('resumes while Kafka is away: what it missed at once, what is done meanwhile, and what waited when Kafka is back', async () => {
  const first = await StreamPair.open(node('a'));
  const cursor = first.sse.lastId;
  const missed = startLoad();
  await first.waitForCount(20, 30_000);
  await missed.stop();
  await waitFor('the last of it', () => midsOf(first.sse.updates).includes(missed.posted[0]?.at(-1)), 20_000);
  first.close();
  const [conversation] = (await node('b').conversations()).data;

  door.freezeAll();
  const resumed = await StreamPair.open(node('b'), {}, { lastEventId: cursor });
  for (const reader of resumed.both) {
    await waitFor('what it missed', () => midsOf(reader.updates).includes(missed.posted[0]?.at(-1)));
  }
  const pending = await node('b').sendText(present(conversation, 'conversation').id, 'said meanwhile');
  const isTold = tellsOf(pending.id);
  for (const reader of resumed.both) await waitFor('what is said meanwhile', () => reader.updates.some(isTold));
  const waiting = startLoad();
  await waitFor('some to wait in the spool', () => countOf(waiting.posted) > 30, 30_000);
  await waiting.stop();
  door.thaw();

  const last = waiting.posted.map((mids) => mids.at(-1));
  for (const reader of resumed.both)
    await waitFor('what waited', () => last.every((mid) => midsOf(reader.updates).includes(mid)), 30_000);
  for (const reader of resumed.both) {
    const created = reader.updates.filter(({ type }) => type === 'message.created');
    expectWhole(created, joined(missed.posted, waiting.posted));
  }
  resumed.close();
}, 120_000);
