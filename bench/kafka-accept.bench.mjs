// How many webhooks a second one ingester accepts on Kafka (answered 200 = written by the broker, acks all), beside the bare control
// of kafka-control.mjs on the same topic. Node on one core; generator, broker and PostgreSQL on the other.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createClosedLoad, hasWrk } from './closed-load.mjs';
import {
  brokerPids,
  clearGround,
  costs,
  describeGround,
  layGround,
  median,
  startMeter,
  startRole,
} from './kafka-support.mjs';
import { floorHere } from './machine.mjs';
import { newMid, openPoster, pin, quantile, requestOf, start, stop, webhookOf } from './support.mjs';

const seconds = Number(process.env.BENCH_SECONDS ?? 4);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const connections = 50;

let ground;
let control;
try {
  ground = await layGround();
  await stop(ground.simulator);
  for (const pid of [process.pid, ...ground.database.pids(), ...brokerPids()]) pin(pid, 1);
  const env = { LOG_LEVEL: 'info' };
  const ingester = await startRole(ground, 'ingester', { core: 0, env });
  control = await start('kafka-control.mjs', controlEnvironment(), { core: 0 });
  const load = createClosedLoad({ connections, seconds, folder: ground.home });
  console.log(`${describeGround()}; generator: ${hasWrk() ? 'wrk' : 'sockets of Node'}`);
  const half = (await besideControl({ load, ingester })) / 2;
  for (const rate of [1_000, Math.round(half)]) await pacedBesideControl({ ingester, control }, rate);
  console.log(
    `floors in time hold ×${floorHere(1).toFixed(1)} here: 10 ms is ${floorHere(10).toFixed(0)} ms, 25 ms is ${floorHere(25).toFixed(0)} ms`,
  );
  await stop(control);
  const second = await startRole(ground, 'ingester', { core: 1, env, name: 'ingester-2' });
  await withSecond({ load, ingester, second });
} finally {
  await stop(control);
  await clearGround(ground);
  if (ground !== undefined) rmSync(ground.home, { recursive: true, force: true });
}

function controlEnvironment() {
  return {
    ...ground.environment,
    CONTROL_TOPIC: 'parley.channel.events',
    CONTROL_PARTITIONS: '8',
    CONTROL_SAMPLE: webhookOf(newMid(), 0).body.toString('base64'),
  };
}

/** Answers what the ingester takes a second. */
async function besideControl({ load, ingester }) {
  const meter = (node) =>
    startMeter({ node: () => [node.child.pid], broker: brokerPids, PostgreSQL: ground.database.pids });
  const rates = { control: [], ingester: [] };
  const usage = {};
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, node] of Object.entries({ control, ingester })) {
      const read = meter(node);
      const rate = await load(url(node));
      usage[name] = costs(read(), rate * seconds);
      // the first one of each is the warm-up
      if (round >= 0) rates[name].push(rate);
    }
  }
  const [ofControl, ofIngester] = [median(rates.control), median(rates.ingester)];
  console.log(
    [
      `accepted: ingester ${ofIngester.toFixed(0)}/s, control ${ofControl.toFixed(0)}/s: ${percent(ofIngester, ofControl)} (medians of ${String(rounds)} rounds of ${String(seconds)} s, ${String(connections)} connections)`,
      `rounds: ingester ${rates.ingester.map(Math.round).join(', ')}; control ${rates.control.map(Math.round).join(', ')}`,
      `CPU a request, last round: control ${usage.control}; ingester ${usage.ingester}`,
    ].join('\n  '),
  );
  return ofIngester;
}

function url(node) {
  return `${node.url}/webhooks/facebook`;
}

function percent(part, whole) {
  return `${((100 * part) / whole).toFixed(0)} %`;
}

/**
 * Alone and both at once, in turns. Broker and generators share the second core with the second ingester, so what it adds is
 * bounded by them; whether two get into each other's way is said by what a request costs each.
 */
async function withSecond({ load, ingester, second }) {
  const both = () => Promise.all([load(url(ingester)), load(url(second))]);
  await both();
  const rates = { alone: [], first: [], second: [] };
  const micros = { alone: [], first: [], second: [] };
  for (let round = 0; round < rounds; round += 1) {
    const readAlone = startMeter({ first: () => [ingester.child.pid] });
    rates.alone.push(await load(url(ingester)));
    micros.alone.push(readAlone().first / (rates.alone.at(-1) * seconds));
    const readBoth = startMeter({ first: () => [ingester.child.pid], second: () => [second.child.pid] });
    const [first, other] = await both();
    const used = readBoth();
    rates.first.push(first);
    rates.second.push(other);
    micros.first.push(used.first / (first * seconds));
    micros.second.push(used.second / (other * seconds));
  }
  const costOf = (name) => median(micros[name]).toFixed(0);
  const alone = median(rates.alone);
  const together = median(rates.first.map((rate, round) => rate + rates.second[round]));
  console.log(
    `a second ingester, on the core of broker and generators: ${alone.toFixed(0)}/s alone, ${together.toFixed(0)}/s together (${rates.first.map(Math.round).join(', ')} and ${rates.second.map(Math.round).join(', ')}): adds ${percent(together - alone, alone)}; CPU a request: ${costOf('alone')} µs alone, ${costOf('first')} and ${costOf('second')} µs together`,
  );
}

/** In turns, for the clock of the measurement shares its core with a broker whose pauses are nobody's fault here. */
async function pacedBesideControl(nodes, rate) {
  const p50 = { ingester: [], control: [] };
  const p99 = { ingester: [], control: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, node] of Object.entries(nodes)) {
      const times = await pace(node, rate);
      p50[name].push(quantile(times, 0.5));
      p99[name].push(quantile(times, 0.99));
    }
  }
  for (const name of Object.keys(nodes))
    console.log(
      `${name} at ${String(rate)}/s: post → 200 p50 ${median(p50[name]).toFixed(1)} p99 ${median(p99[name]).toFixed(1)} ms (medians of ${String(rounds)} rounds; p99 ${p99[name].map((ms) => ms.toFixed(1)).join(', ')})`,
    );
}

/**
 * An open loop: times count from when a request was due, whatever the answers take. Answers those behind the first second, ms: in it
 * fifty connections are opened at once, by a generator whose code is cold.
 */
async function pace(node, rate) {
  const poster = openPoster(url(node), connections);
  const times = [];
  const posts = [];
  // built before: the clock has enough to do
  const requests = Array.from({ length: rate * (seconds + 1) }, (_, n) => requestOf(webhookOf(newMid(), n)));
  const t0 = performance.now();
  for (const [n, request] of requests.entries()) {
    const due = t0 + (n * 1000) / rate;
    if (due - performance.now() > 1) await delay(due - performance.now());
    posts.push(
      poster.post(request).then((status) => {
        if (status !== 200) throw new Error(`answered ${String(status)}`);
        if (n >= rate) times.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(posts);
  poster.close();
  return times;
}
