// One process with everything in it: from the webhook's POST to its 200, to the row (REST) and to the stream, idle memory, time to
// ready. The load is an open loop: due times by the clock, whatever the answers take. Generator, product and database share the machine.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describeMachine, floorHere } from './machine.mjs';
import { startSimulator, startStandalone } from './start-product.mjs';
import {
  connectPage,
  key,
  makeHome,
  memoryOf,
  newMid,
  openPoster,
  postJson,
  quantiles,
  requestOf,
  stop,
  usageOf,
  webhookOf,
} from './support.mjs';
import { listen, lookFor } from './witness.mjs';

const seconds = Number(process.env.BENCH_SECONDS ?? 15);
const rates = (process.env.BENCH_RATES ?? '500,1000').split(',').map(Number);
const home = makeHome();

const simulator = await startSimulator();
let parley;
try {
  console.log(describeMachine());
  console.log(`first start → ready: ${await startParley()}`);
  await connectPage(parley.url, simulator.url);
  await delay(3_000);
  const { pids } = usageOf(parley.child.pid);
  console.log(`idle: node ${String(memoryOf([parley.child.pid]))} MB, PostgreSQL ${String(memoryOf(pids))} MB (PSS)`);
  // V8 compiles what runs often: nothing that is measured is run for the first time
  await run(1_000, 20);
  for (const rate of rates) report(rate, await measured(() => run(rate, seconds)));
  console.log(describeMachine());
  const scale = floorHere(1).toFixed(1);
  console.log(
    `floors in time hold ×${scale} here: visible p99 30 ms is ${floorHere(30).toFixed(0)} ms, ready again 1,000 ms is ${floorHere(1_000).toFixed(0)} ms`,
  );
  for (let round = 0; round < 3; round += 1) {
    await stop(parley);
    console.log(`later start → ready: ${await startParley()}`);
  }
} finally {
  await stop(parley);
  await stop(simulator);
  rmSync(home, { recursive: true, force: true });
}

async function startParley() {
  const began = performance.now();
  parley = await startStandalone(simulator, home);
  return `${(performance.now() - began).toFixed(0)} ms`;
}

async function measured(work) {
  const before = usageOf(parley.child.pid);
  const stamps = await work();
  const after = usageOf(parley.child.pid);
  const perMessage = (jiffies) => `${((jiffies * 10_000) / stamps.length).toFixed(0)} µs`;
  return {
    stamps,
    cpu: `node ${perMessage(after.own - before.own)}, PostgreSQL ${perMessage(after.children - before.children)}`,
  };
}

/** Posts messages at a rate and stamps each: due, answered, visible by REST, heard on the stream. */
async function run(rate, forSeconds) {
  const stamps = new Map();
  let newest;
  const stream = await listen(parley.url, (mid) => {
    const stamp = stamps.get(mid);
    if (stamp) stamp.heard ??= performance.now();
  });
  const poster = openPoster(parley.url, 50);
  const isOver = new AbortController();
  const { data } = await call('channels.list', {});
  const looking = lookFor({ api: parley.url, channelId: data[0].id, newest: () => newest }, isOver.signal);
  // it is awaited later, and must not end the bench without its finally
  looking.catch(() => undefined);
  const t0 = performance.now();
  const posts = [];
  for (let n = 0; n < rate * forSeconds; n += 1) {
    const due = t0 + (n * 1000) / rate;
    const early = due - performance.now();
    if (early > 1) await delay(early);
    const mid = newMid();
    const stamp = { due, mid };
    stamps.set(mid, stamp);
    newest = stamp;
    posts.push(
      poster.post(requestOf(webhookOf(mid, n))).then((status) => {
        stamp.answered = performance.now();
        stamp.status = status;
      }),
    );
  }
  await Promise.all(posts);
  const until = performance.now() + 10_000;
  while ([...stamps.values()].some((stamp) => stamp.heard === undefined) && performance.now() < until) await delay(10);
  isOver.abort();
  await looking;
  stream.destroy();
  poster.close();
  return [...stamps.values()];
}

function report(rate, { stamps, cpu }) {
  const refused = stamps.filter(({ status }) => status !== 200).length;
  const lost = stamps.filter(({ heard }) => heard === undefined).length;
  const from = (name) =>
    quantiles(stamps.flatMap((stamp) => (stamp[name] === undefined ? [] : [stamp[name] - stamp.due])));
  const looked = stamps.filter(({ visible }) => visible !== undefined).length;
  console.log(
    [
      `${String(rate)}/s: post → 200 ${from('answered')}`,
      `post → visible ${from('visible')} (${String(looked)} looked for)`,
      `post → stream ${from('heard')}`,
      `refused ${String(refused)}, not heard ${String(lost)} of ${String(stamps.length)}`,
      `CPU a message: ${cpu}`,
    ].join('\n  '),
  );
}

function call(name, body) {
  return postJson(`${parley.url}/${name}`, body, { Authorization: `Bearer ${key}` });
}
