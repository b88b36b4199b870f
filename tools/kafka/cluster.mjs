// Apache Kafka (KRaft, no container) for tests: brokers on free ports of 127.0.0.1, data in a folder that goes with them.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../test/free-ports.mjs';
import { assembleKafka, firstErrors, versions } from './assemble.mjs';
import { makeSafeListener } from './safe-listener.mjs';

const readyWithinMs = 90_000;
/** As many suites may stand between Kafka and us at a time. */
const doorNames = ['DOOR1', 'DOOR2', 'DOOR3', 'DOOR4', 'DOOR5', 'DOOR6'];
const jvms = {
  /** Short-lived and on few cores: the second compiler and a parallel collector would cost more than they bring. */
  short: ['-Xms96m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  /** What Kafka's own script starts a broker with. */
  server: [
    ...['-Xms1g', '-Xmx1g', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'],
    ...['-XX:InitiatingHeapOccupancyPercent=35', '-XX:+ExplicitGCInvokesConcurrent'],
  ],
};

/**
 * `{servers, doors, safe, kill(n), freeze(n), thaw(n), start(n), stop()}`, brokers counted from 1. Of several, two hold each
 * record before it counts as written. `doors`: who comes in at `target` is told that the first broker is at `address`, where
 * one test may listen and pass on what it likes. `safe`: where it wants TLS and a password. `jvm`: `short` or, for figures, `server`.
 */
export async function startKafka({ brokers = 1, version = versions[4], jvm = 'short' } = {}) {
  const jars = assembleKafka(version);
  const directory = mkdtempSync(join(tmpdir(), 'parley-kafka-'));
  const [safePort, ...free] = await freePorts(1 + 2 * doorNames.length + 2 * brokers);
  const doors = doorNames.map((name) => ({ name, target: free.pop(), address: free.pop() }));
  const safe = await makeSafeListener(directory, safePort);
  // 16 random bytes; a leading dash would be taken for a flag
  const clusterId = `P${randomBytes(16).toString('base64url').slice(1)}`;
  const nodes = Array.from({ length: brokers }, (_, index) => ({
    id: index + 1,
    port: free[2 * index],
    quorumPort: free[2 * index + 1],
    folder: join(directory, `node-${index + 1}`),
    child: undefined,
  }));
  const cluster = { jars, jvm: jvms[jvm], clusterId, nodes, doors, safe };
  const stop = async () => {
    await Promise.all(nodes.map(kill));
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', () => nodes.forEach(({ child }) => child?.kill('SIGKILL')));
  try {
    await Promise.all(nodes.map((node) => format(cluster, node).then(() => start(cluster, node))));
  } catch (error) {
    await stop();
    throw error;
  }
  const nodeOf = (id) => nodes[id - 1];
  return {
    servers: nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
    doors,
    safe: safe.access,
    kill: (id) => kill(nodeOf(id)),
    freeze: (id) => nodeOf(id).child.kill('SIGSTOP'),
    thaw: (id) => nodeOf(id).child.kill('SIGCONT'),
    start: (id) => start(cluster, nodeOf(id)),
    stop,
  };
}

function properties({ nodes, doors, safe }, { id, port, quorumPort, folder }) {
  const own = `CLIENT://127.0.0.1:${port}`;
  const isFirst = id === 1;
  const real = doors.map(({ name, target }) => `,${name}://127.0.0.1:${target}`).join('');
  const told = doors.map(({ name, address }) => `,${name}://127.0.0.1:${address}`).join('');
  const plain = ['CLIENT', 'QUORUM', ...doorNames].map((name) => `${name}:PLAINTEXT`);
  const replicas = Math.min(3, nodes.length);
  const inSync = Math.max(1, replicas - 1);
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': nodes.map((node) => `${node.id}@127.0.0.1:${node.quorumPort}`).join(','),
    listeners: `${own},QUORUM://127.0.0.1:${quorumPort}${isFirst ? `${real},${safe.listener}` : ''}`,
    'advertised.listeners': `${own}${isFirst ? `${told},${safe.listener}` : ''}`,
    'controller.listener.names': 'QUORUM',
    'inter.broker.listener.name': 'CLIENT',
    'listener.security.protocol.map': `${plain.join(',')},SAFE:SASL_SSL`,
    'log.dirs': join(folder, 'data'),
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    // a killed broker is replaced, or comes back, much sooner than with Kafka's 9 s
    'broker.heartbeat.interval.ms': 300,
    'broker.session.timeout.ms': nodes.length > 1 ? 1_500 : 3_000,
    'log.cleaner.dedupe.buffer.size': 8_388_608,
    'num.network.threads': 2,
    'num.io.threads': 4,
    ...(isFirst ? safe.properties : {}),
  };
}

async function format(cluster, node) {
  mkdirSync(node.folder, { recursive: true });
  const file = join(node.folder, 'server.properties');
  const lines = Object.entries(properties(cluster, node)).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
  const tool = ['kafka.tools.StorageTool', 'format', '-t', cluster.clusterId, '-c', file];
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  const args = [...jvms.short, '-cp', join(cluster.jars, '*'), quiet, ...tool];
  const child = spawn('java', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The storage of Kafka broker ${node.id} could not be made.`);
}

async function start({ jars, jvm }, node) {
  const log = join(node.folder, 'server.log');
  rmSync(log, { force: true });
  const output = openSync(log, 'a');
  const main = ['kafka.Kafka', join(node.folder, 'server.properties')];
  node.child = spawn('java', [...jvm, '-cp', join(jars, '*'), ...main], {
    stdio: ['ignore', output, output],
    // Ctrl-C in a terminal reaches the tests, which say themselves when it is over
    detached: true,
  });
  const until = performance.now() + readyWithinMs;
  while (!(hasStarted(log) && (await isOpen(node.port)))) {
    if (!isRunning(node.child)) throw new Error(`Kafka broker ${node.id} ended at its start.\n${firstErrors(log)}`);
    if (performance.now() > until)
      throw new Error(`Kafka broker ${node.id} was not ready in time.\n${firstErrors(log)}`);
    await delay(50);
  }
}

async function kill({ child }) {
  if (child === undefined || !isRunning(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function isRunning({ exitCode, signalCode }) {
  return exitCode === null && signalCode === null;
}

function hasStarted(log) {
  return existsSync(log) && readFileSync(log, 'utf8').includes('Kafka Server started');
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
