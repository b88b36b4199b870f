// How long Kafka's troubles last for us: the first append after the leader of its partition was killed, after the only broker has
// come back, and messages after a projector was killed. BENCH_PARTS=leader,restart,projector chooses, BENCH_ROUNDS says how often;
// the kills of projectors are spread over the time between two signs of life.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startKafkaOwner } from '../tools/kafka/start-kafka-owner.mjs';
import { describeMachine } from './machine.mjs';
import { highest, report, until } from './recovery-report.mjs';
import { startSimulator } from './start-product.mjs';
import {
  connectPage,
  facebookApp,
  key,
  makeHome,
  migrate,
  newMid,
  openPoster,
  requestOf,
  start,
  startDatabase,
  stop,
  webhookOf,
} from './support.mjs';

const { openDataSource, openPgDatabase } = await import('../dist/libs/database/src/index.js');
const { openKafkaEventLog } = await import('../dist/libs/event-log/src/index.js');

const parts = (process.env.BENCH_PARTS ?? 'leader,restart,projector').split(',');
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const workspaceId = '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01';
const topic = 'recovery';
const topicPrefix = 'bench.';
const signOfLifeMs = 1_600;
const works = { leader: leaderIsKilled, restart: brokerComesBack, projector: projectorIsKilled };

console.log(describeMachine());
const database = await startDatabase();
try {
  await migrate(database.url);
  for (const part of parts) await works[part]();
} finally {
  await database.stop();
}

/** Of three: the next leader is chosen after broker.session.timeout.ms, which is 1.5 s here and 9 s by default. */
async function leaderIsKilled() {
  await withLog(3, async ({ kafka, log, admin }) => {
    const first = [];
    const all = [];
    for (let round = 0; round < rounds; round += 1) {
      await untilInSync(admin);
      const leads = await leadersOf(admin);
      const killed = leads[0];
      const appends = startAppends(log);
      await delay(1_000);
      await kafka.order('kill', killed);
      const since = performance.now();
      const lost = leads.flatMap((leader, partition) => (leader === killed ? [partition] : []));
      const times = await Promise.all(lost.map((partition) => appends.nextAfter(partition, since)));
      await appends.stop();
      first.push(Math.min(...times) - since);
      all.push(Math.max(...times) - since);
      await kafka.order('start', killed);
    }
    report('leader killed → first append to a partition that it led, median', first, 6_000);
    report('leader killed → append to every partition that it led, median', all, 6_000);
  });
}

async function brokerComesBack() {
  await withLog(1, async ({ kafka, log }) => {
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      const appends = startAppends(log);
      await delay(500);
      await kafka.order('kill', 1);
      await delay(2_000);
      await kafka.order('start', 1);
      const since = performance.now();
      const all = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((partition) => appends.nextAfter(partition, since)));
      await appends.stop();
      times.push(Math.min(...all) - since);
    }
    report('only broker started again and ready → first append, median', times, 2_000);
  });
}

/** Of two, under 50 webhooks a second: until the last of what came at that moment is visible. */
async function projectorIsKilled() {
  const kafka = await startKafkaOwner({ brokers: 1 });
  const simulator = await startSimulator();
  const home = makeHome();
  const dataSource = await openDataSource({ url: database.url, poolSize: 2 });
  const running = new Map();
  const env = {
    ...facebookApp,
    ...{ DATABASE_URL: database.url, KAFKA_BROKERS: kafka.servers, KAFKA_TOPIC_PREFIX: topicPrefix, PARLEY_HOME: home },
    ...{ PORT: '0', METRICS_PORT: '0', PARLEY_API_KEY: key, LOG_LEVEL: 'warn', FACEBOOK_GRAPH_URL: simulator.url },
    ...{ PARLEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), PARLEY_PUBLIC_URL: 'https://chat.example.org' },
  };
  const times = [];
  const leftOver = [];
  try {
    await dataSource.query(`delete from installation where key = 'kafka_cluster'`);
    for (const role of ['channels', 'ingester', 'projector']) running.set(role, await start(role, env));
    await connectPage(running.get('channels').url, simulator.url);
    for (let round = 0; round < rounds; round += 1) {
      const [first] = await untilOwners(1, dataSource);
      running.set('second', await start('projector', env));
      const second = (await untilOwners(2, dataSource)).find((owner) => owner !== first);
      await delay((round / rounds) * signOfLifeMs);
      const { killedAt, freeAt, visibleAt } = await timeKill(dataSource, running, second);
      times.push(visibleAt - killedAt);
      leftOver.push(visibleAt - freeAt);
    }
  } finally {
    for (const each of running.values()) await stop(each);
    await stop(simulator);
    await dataSource.destroy();
    await kafka.stop();
    rmSync(home, { recursive: true, force: true });
  }
  report('projector killed → all that came then is visible, at most', times, 10_000, highest);
  report('its lease over → all that came then is visible, median', leftOver, 1_000);
}

async function timeKill(dataSource, running, second) {
  const poster = openPoster(running.get('ingester').url, 1);
  const mids = [];
  const post = async (count) => {
    for (let n = 0; n < count; n += 1) {
      const mid = newMid();
      await poster.post(requestOf(webhookOf(mid, n * 7)));
      mids.push(mid);
      await delay(20);
    }
  };
  await post(50);
  process.kill(-running.get('second').child.pid, 'SIGKILL');
  const killedAt = performance.now();
  const freeAt = killedAt + (await leaseLeftMs(dataSource, second));
  await post(100);
  await until('every message', async () => {
    const sql = 'select count(*)::integer as there from message_sources where source_message_id = any($1)';
    const [{ there }] = await dataSource.query(sql, [mids]);
    return there === mids.length;
  });
  const visibleAt = performance.now();
  poster.close();
  return { killedAt, freeAt, visibleAt };
}

/** What a projector that was killed has left of its lease. */
async function leaseLeftMs(dataSource, owner) {
  const sql = `select extract(epoch from max(until) - clock_timestamp())::float8 * 1000 as left_ms from consumer_leases
    where consumer_group = 'projector' and owner = $1`;
  const [{ left_ms: leftMs }] = await dataSource.query(sql, [owner]);
  return leftMs;
}

/** So many projectors have partitions. Resolves with their names. */
async function untilOwners(count, dataSource) {
  const sql = `select distinct owner from consumer_leases where consumer_group = 'projector' and until > clock_timestamp()`;
  let owners = [];
  await until(`${count} projectors to have partitions`, async () => {
    owners = (await dataSource.query(sql)).map(({ owner }) => owner);
    return owners.length === count;
  });
  return owners;
}

async function withLog(brokers, work) {
  const kafka = await startKafkaOwner({ brokers });
  const dataSource = await openDataSource({ url: database.url, poolSize: 4 });
  const servers = kafka.servers.split(',');
  const admin = new Kafka({ brokers: servers, logLevel: logLevel.NOTHING }).admin();
  const settings = { brokers: servers, topicPrefix, tls: false, sasl: null, replication: null, retentionDays: 1 };
  try {
    await dataSource.query(`delete from installation where key = 'kafka_cluster'`);
    const log = await openKafkaEventLog({
      ...{ database: openPgDatabase(dataSource), kafka: settings, topics: [topic], isTransactional: () => false },
    });
    await admin.connect();
    await work({ kafka, log, admin });
    await log.close();
  } finally {
    await admin.disconnect().catch(() => undefined);
    await dataSource.destroy();
    await kafka.stop();
  }
}

/** One writer a partition, one record after the other. */
function startAppends(log) {
  let isOver = false;
  const starts = new Map();
  const write = async (partition) => {
    const record = { topic, key: keyOf(log, partition), workspaceId, headers: {}, value: '{"text":"Is it in stock?"}' };
    while (!isOver) {
      const began = performance.now();
      await log.append([record]).then(
        () => starts.set(partition, { began, ended: performance.now() }),
        () => undefined,
      );
      await delay(10);
    }
  };
  const running = Promise.all(Array.from({ length: log.partitions }, (_, partition) => write(partition)));
  return {
    /** When a record that was given after that moment was written. */
    nextAfter: async (partition, since) => {
      await until('an append', () => (starts.get(partition)?.began ?? 0) > since);
      return starts.get(partition).ended;
    },
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}

function keyOf(log, partition) {
  for (;;) {
    const id = randomUUID();
    if (log.partitionOf(id) === partition) return id;
  }
}

async function partitionsOf(admin) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [`${topicPrefix}${topic}`] });
  return topics[0].partitions.toSorted((a, b) => a.partitionId - b.partitionId);
}

async function leadersOf(admin) {
  return (await partitionsOf(admin)).map(({ leader }) => leader);
}

function untilInSync(admin) {
  return until('all copies', async () => (await partitionsOf(admin)).every(({ isr }) => isr.length === 3));
}
