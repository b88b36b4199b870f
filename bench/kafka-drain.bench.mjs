// One projector process and a backlog: how many events a second become rows and announcements, from Kafka and from the log in
// PostgreSQL. The records are made by the product's own normaliser and appended by its own log, while no projector runs.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  brokerPids,
  clearGround,
  costs,
  describeGround,
  endRole,
  layGround,
  openProgress,
  startMeter,
  startRole,
} from './kafka-support.mjs';
import { Kafka, logLevel } from 'kafkajs';
import { newMid, page, stop } from './support.mjs';

const { facebook } = await import('../dist/libs/channels/facebook/src/index.js');
const { eventRecord } = await import('../dist/libs/conversations/src/index.js');
const { openDataSource, openPgDatabase } = await import('../dist/libs/database/src/index.js');
const { openPostgresEventLog } = await import('../dist/libs/event-log/src/index.js');
const { partitionOf } = await import('../dist/libs/event-log/src/partition-of.js');
const { messageOf } = await import('../dist/libs/event-log/src/kafka/record-message.js');

const events = Number(process.env.BENCH_EVENTS ?? 300_000);
const contacts = Number(process.env.BENCH_CONTACTS ?? 10_000);
const logs = (process.env.BENCH_LOGS ?? 'Kafka,PostgreSQL').split(',');
const topic = 'parley.channel.events';
const partitions = 8;
const chunk = 2_000;

for (const log of logs) await drain(log);

async function drain(name) {
  let ground;
  let progress;
  try {
    ground = await layGround({ onKafka: name === 'Kafka' });
    await stop(ground.simulator);
    console.log(`${name}: ${describeGround()}`);
    const filledMs = await fill(ground);
    console.log(
      `  filled with ${String(events)} events of ${String(contacts)} contacts, ${perSecond(events, filledMs)}`,
    );
    progress = await openProgress(ground);
    await watch(ground, progress);
  } finally {
    await progress?.close();
    await clearGround(ground);
    if (ground !== undefined) rmSync(ground.home, { recursive: true, force: true });
  }
}

async function watch(ground, progress) {
  const read = startMeter({
    PostgreSQL: ground.database.pids,
    broker: brokerPids,
  });
  const projector = await startRole(ground, 'projector');
  const readOwn = startMeter({ projector: () => [projector.child.pid] });
  const t0 = performance.now();
  const marks = [];
  for (let passed = await progress.projected(); passed < events; passed = await progress.projected()) {
    marks.push({ ms: performance.now() - t0, passed });
    await delay(50);
  }
  const ms = performance.now() - t0;
  const usage = { ...readOwn(), ...read() };
  const middle = marks.filter(({ passed }) => passed > events / 4 && passed < (3 * events) / 4);
  const [first, last] = [middle.at(0), middle.at(-1)];
  console.log(
    [
      `  one projector: ${perSecond(events, ms)} from ready to the last one, ${perSecond(last.passed - first.passed, last.ms - first.ms)} in the middle half`,
      `  CPU an event: ${costs(usage, events)}`,
      `  rows ${String(await progress.messages())}, updates ${String(await progress.updates())}`,
    ].join('\n'),
  );
  if (ground.kafka !== undefined) await watchRelay(progress, t0);
  await endRole(ground, projector);
}

/** The announcements are copied to Kafka by the same process. */
async function watchRelay(progress, t0) {
  const all = await progress.updates();
  const behind = all - (await progress.relayed());
  const until = performance.now() + 120_000;
  while ((await progress.relayed()) < all && performance.now() < until) await delay(50);
  console.log(
    `  ${String(behind)} updates were not yet relayed then; all ${String(all)} after ${((performance.now() - t0) / 1000).toFixed(1)} s: ${perSecond(all, performance.now() - t0)}`,
  );
}

function perSecond(count, ms) {
  return `${((count * 1000) / ms).toFixed(0)}/s`;
}

/** Every contact writes several messages, one contact after the other and again. */
async function fill({ environment, page: channel }) {
  const { connector } = facebook.configure(environment);
  const database = openPgDatabase(await openDataSource({ url: environment.DATABASE_URL, poolSize: 4 }));
  const [row] = await database.query('select workspace_id from channels where id = $1', [channel.id]);
  const ref = {
    ...{ workspaceId: row.workspace_id, channelId: channel.id },
    ...{ sourceChannelId: page, appId: connector.ownApp.appId },
  };
  const log = await (environment.KAFKA_BROKERS === undefined ? openInPostgres(database) : openInKafka(environment));
  const began = performance.now();
  let next = 0;
  const append = async () => {
    while (next < events) {
      const from = next;
      next += chunk;
      const count = Math.min(chunk, events - from);
      await log.append(Array.from({ length: count }, (_, n) => recordOf(connector, ref, from + n)));
    }
  };
  await Promise.all(Array.from({ length: log.inFlight }, append));
  const ms = performance.now() - began;
  await log.close();
  await database.close();
  return ms;
}

async function openInPostgres(database) {
  const ignore = () => undefined;
  const log = await openPostgresEventLog({ database, onProblem: ignore, onAlarm: ignore });
  return { append: log.append, close: log.close, inFlight: 4 };
}

/** In the form of the product's own records; its log on Kafka runs only as part of a bundle. */
async function openInKafka({ KAFKA_BROKERS: brokers }) {
  const kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const createPartitioner =
    () =>
    ({ message }) =>
      message.partition;
  const producer = kafka.producer({ idempotent: false, allowAutoTopicCreation: false, createPartitioner });
  await producer.connect();
  const placed = (record) => ({ ...record, partition: partitionOf(record.key, partitions) });
  const append = (records) =>
    producer.send({ topic, acks: -1, messages: records.map((record) => messageOf(placed(record))) });
  return { append, close: () => producer.disconnect(), inFlight: 1 };
}

function recordOf(connector, ref, n) {
  const now = Date.now();
  const item = {
    sender: { id: String(6_500_000_000_000_100 + (n % contacts)) },
    recipient: { id: page },
    timestamp: now,
    message: { mid: newMid(), text: 'Is the blue one in stock?' },
  };
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: page, time: now, messaging: [item] }] }));
  const [read] = connector.webhook.readBody(body).items;
  const record = eventRecord(connector.webhook.normalise(read, ref, new Date(now).toISOString()));
  return { ...record, headers: { ...record.headers, 'request-id': '0192f0c1-3b5a-7c3d-8e4f-000000000003' } };
}
