// What the benchmarks on Kafka share: one broker, PostgreSQL, the roles as processes of their own, and what each of them costs.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startKafkaOwner } from '../tools/kafka/start-kafka-owner.mjs';
import { describeMachine } from './machine.mjs';
import { startSimulator } from './start-product.mjs';
import { connectPage, facebookApp, key, makeHome, migrate, start, startDatabase, stop, usageOf } from './support.mjs';

/** What /proc counts in. */
const jiffyMicros = 10_000;

/** What docker-compose.yml and a distribution's package give it, PostgreSQL's own defaults: the embedded one is set up for one small process. */
const serverSettings = {
  shared_buffers: '128MB',
  io_method: 'worker',
  wal_level: 'replica',
  max_wal_senders: '10',
  max_logical_replication_workers: '4',
  max_parallel_workers_per_gather: '2',
  max_parallel_maintenance_workers: '2',
};

/** By role, as in docker-compose.yml. */
const roomy = { NODE_OPTIONS: '--max-semi-space-size=64' };
const nodeOptions = { projector: roomy, channels: roomy };

/** For the first line of a run. */
export function describeGround() {
  return `${describeMachine()}; PostgreSQL on the settings of a server (its defaults, shared_buffers 128 MB), Kafka on those of its own script, projectors and channels on ${roomy.NODE_OPTIONS}`;
}

/** A broker, a migrated database and a connected page; nothing of the product runs yet. */
export async function layGround({ onKafka = true, maxConnections } = {}) {
  const database = await startDatabase({ maxConnections, settings: serverSettings });
  const kafka = onKafka ? await startKafkaOwner({ jvm: 'server' }) : undefined;
  const simulator = await startSimulator();
  const home = makeHome();
  const environment = {
    ...facebookApp,
    FACEBOOK_GRAPH_URL: simulator.url,
    DATABASE_URL: database.url,
    ...(kafka === undefined ? {} : { KAFKA_BROKERS: kafka.servers }),
    PARLEY_ENCRYPTION_KEY: Buffer.alloc(32, 'bench').toString('base64'),
    PARLEY_API_KEY: key,
    PARLEY_PUBLIC_URL: 'http://127.0.0.1:1',
    PORT: '0',
    METRICS_PORT: '0',
  };
  await migrate(database.url);
  const ground = { database, kafka, simulator, home, environment, running: [] };
  const channels = await startRole(ground, 'channels');
  ground.page = await connectPage(channels.url, simulator.url);
  await endRole(ground, channels);
  return ground;
}

/** `name`: of its home, where there are several of a role. */
export async function startRole(ground, role, { core, env = {}, name = role, logFile } = {}) {
  const home = join(ground.home, name);
  mkdirSync(home, { recursive: true });
  const environment = { LOG_LEVEL: 'warn', ...ground.environment, ...nodeOptions[role], PARLEY_HOME: home, ...env };
  const started = await start(role, environment, { core, logFile });
  ground.running.push(started);
  return started;
}

export async function endRole(ground, started) {
  ground.running = ground.running.filter((each) => each !== started);
  await stop(started);
}

export async function clearGround(ground) {
  if (ground === undefined) return;
  await Promise.all(ground.running.map(stop));
  await stop(ground.simulator);
  await ground.kafka?.stop();
  await ground.database.stop();
}

export function brokerPids() {
  return usageOf(process.pid).pids.filter((pid) => nameOf(pid) === 'java');
}

function nameOf(pid) {
  try {
    return readFileSync(`/proc/${String(pid)}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/**
 * CPU of groups of processes from now on; the answer takes what was used since, in µs by group. `groups`: name → what answers the
 * pids; PostgreSQL begins processes as it goes.
 */
export function startMeter(groups) {
  const read = (pidsOf) => new Map(pidsOf().map((pid) => [pid, jiffiesOf(pid)]));
  const before = new Map(Object.entries(groups).map(([name, pidsOf]) => [name, read(pidsOf)]));
  const used = (name) => [...read(groups[name])].map(([pid, jiffies]) => jiffies - (before.get(name).get(pid) ?? 0));
  return () =>
    Object.fromEntries(
      [...before.keys()].map((name) => [name, used(name).reduce((sum, each) => sum + each, 0) * jiffyMicros]),
    );
}

/** `µs a message` by group, and all together. */
export function costs(usage, messages) {
  const each = Object.entries(usage).map(([name, micros]) => `${name} ${(micros / messages).toFixed(0)}`);
  const all = Object.values(usage).reduce((sum, micros) => sum + micros, 0);
  return `${each.join(', ')}; all ${(all / messages).toFixed(0)} µs`;
}

function jiffiesOf(pid) {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** Asks the database how far the projector has come: a question that costs the product nothing to speak of. */
export async function openProgress({ database, environment }) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const column = environment.KAFKA_BROKERS === undefined ? 'position' : 'kafka_offset';
  const one = async (sql) => Number((await client.query(sql)).rows[0].n);
  const passed = `select coalesce(sum(${column}), 0) as n from consumer_positions where topic =`;
  return {
    query: (sql) => client.query(sql),
    projected: () => one(`${passed} 'channel.events' and consumer_group = 'projector'`),
    relayed: () =>
      one(
        `select coalesce(sum(position), 0) as n from consumer_positions where topic = 'conversation.updates' and consumer_group = 'relay'`,
      ),
    updates: () => one(`select count(*) as n from log_records where topic = 'conversation.updates'`),
    messages: () => one('select count(*) as n from messages'),
    close: () => client.end(),
  };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
