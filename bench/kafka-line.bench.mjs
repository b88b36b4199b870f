// The whole line on Kafka: broker, PostgreSQL, one process per role, simulator and generator on the same cores. How long a message
// takes to its 200, to the row (REST) and to the stream at a rate, what is sustained, and what a message costs each of them.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  brokerPids,
  clearGround,
  costs,
  describeGround,
  layGround,
  openProgress,
  startMeter,
  startRole,
} from './kafka-support.mjs';
import { openLine } from './line-load.mjs';
import { describeMachine, floorHere } from './machine.mjs';
import { quantiles } from './support.mjs';

const seconds = Number(process.env.BENCH_SECONDS ?? 20);
const rates = (process.env.BENCH_RATES ?? '1000,4000').split(',').map(Number);
/** So long Java's second compiler is at work on the same cores; a broker in use has that behind it. */
const warmUpSeconds = Number(process.env.BENCH_WARM_UP ?? 60);
const sampleMs = 250;

let ground;
let line;
let progress;
try {
  ground = await layGround();
  console.log(describeGround());
  const roles = { projector: undefined, sender: undefined, channels: undefined, ingester: undefined };
  for (const role of Object.keys(roles)) roles[role] = await startRole(ground, role);
  line = await openLine({ webhooks: roles.ingester.url, api: roles.channels.url });
  progress = await openProgress(ground);
  await line.pace(1_000, warmUpSeconds);
  for (const rate of rates) await measure(roles, `${String(rate)}/s`, () => line.pace(rate, seconds));
  await measure(roles, 'as fast as answered, 50 connections', () => line.flood(seconds));
  console.log(describeMachine());
  const here = (ms) => `${String(ms)} ms is ${floorHere(ms).toFixed(0)} ms`;
  console.log(`floors in time hold ×${floorHere(1).toFixed(1)} here: visible p99 ${here(50)}, stream p99 ${here(80)}`);
} finally {
  line?.close();
  await progress?.close();
  await clearGround(ground);
  if (ground !== undefined) rmSync(ground.home, { recursive: true, force: true });
}

async function measure(roles, name, work) {
  const pidsOf = Object.entries(roles).map(([role, { child }]) => [role, () => [child.pid]]);
  const read = startMeter({
    ...Object.fromEntries(pidsOf),
    PostgreSQL: ground.database.pids,
    broker: brokerPids,
    simulator: () => [ground.simulator.child.pid],
    generator: () => [process.pid],
  });
  const backlog = await watchBacklog();
  const { stamps, answeredMs } = await work();
  const usage = read();
  report(name, { stamps, answeredMs, usage, ...(await backlog.end(stamps.length)) });
}

/** How far the projector is behind those who post, and how long it takes to the end. */
async function watchBacklog() {
  const [before, messagesBefore] = [await progress.projected(), await progress.messages()];
  const samples = [];
  let isOver = false;
  const t0 = performance.now();
  const watching = (async () => {
    while (!isOver) {
      samples.push({ ms: performance.now() - t0, projected: (await progress.projected()) - before });
      await delay(sampleMs);
    }
  })();
  return {
    end: async (accepted) => {
      const until = performance.now() + 60_000;
      while ((await progress.projected()) - before < accepted && performance.now() < until) await delay(20);
      isOver = true;
      await watching;
      return { samples, messages: (await progress.messages()) - messagesBefore };
    },
  };
}

function report(name, { stamps, answeredMs, usage, samples, messages }) {
  const accepted = stamps.filter(({ status }) => status === 200);
  const heard = stamps.filter((stamp) => stamp.heard !== undefined).length;
  const looked = stamps.filter(({ visible }) => visible !== undefined).length;
  const from = (what) =>
    quantiles(stamps.flatMap((stamp) => (stamp[what] === undefined ? [] : [stamp[what] - stamp.due])));
  const began = stamps.reduce((first, { due }) => Math.min(first, due), Number.POSITIVE_INFINITY);
  const times = accepted.map(({ answered }) => answered - began).toSorted((a, b) => a - b);
  const behind = samples.map(({ ms, projected }) => countUntil(times, ms) - projected);
  const whenAnswered = samples.findLast(({ ms }) => ms <= answeredMs)?.projected ?? 0;
  const lines = [
    `${name}: accepted ${((accepted.length * 1000) / answeredMs).toFixed(0)}/s, visible meanwhile ${((whenAnswered * 1000) / answeredMs).toFixed(0)}/s`,
    `accepted ${String(accepted.length)} of ${String(stamps.length)}, rows in the end ${String(messages)}, heard ${String(heard)}`,
    `backlog at most ${String(Math.max(0, ...behind))}; by quarter ${quarters(behind).join(', ')}`,
    `post → 200 ${from('answered')}`,
    `post → visible ${from('visible')} (${String(looked)} looked for)`,
    `post → stream ${from('heard')}`,
    `CPU a message: ${costs(usage, stamps.length)}`,
  ];
  console.log(lines.join('\n  '));
}

function countUntil(sorted, ms) {
  const at = sorted.findIndex((each) => each > ms);
  return at === -1 ? sorted.length : at;
}

function quarters(values) {
  const size = Math.ceil(values.length / 4);
  return [0, 1, 2, 3].map((n) => Math.max(0, ...values.slice(n * size, (n + 1) * size)));
}
