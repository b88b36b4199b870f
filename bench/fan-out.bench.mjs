// One workspace's updates to 1,000 readers, half of them WebSockets, in one process with everything in it: CPU an update, when the
// first and the last reader has it, and what it does to those who post meanwhile. Readers, product and database share the machine.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openStreams } from './raw-streams.mjs';
import { describeMachine } from './machine.mjs';
import { startSimulator, startStandalone } from './start-product.mjs';
import {
  connectPage,
  key,
  makeHome,
  memoryOf,
  newMid,
  openPoster,
  quantiles,
  requestOf,
  stop,
  usageOf,
  webhookOf,
} from './support.mjs';
import { loopDelay } from './watch.mjs';

const readers = Number(process.env.BENCH_READERS ?? 1_000);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const rates = (process.env.BENCH_RATES ?? '10,50').split(',').map(Number);
const burst = Number(process.env.BENCH_BURST ?? 200);
const metricsPort = 20_000 + (process.pid % 10_000);
const home = makeHome();

const simulator = await startSimulator();
let parley;
let streams = [];
const heard = new Map();
try {
  console.log(describeMachine());
  parley = await startStandalone(simulator, home, { metricsPort });
  await connectPage(parley.url, simulator.url);
  const began = performance.now();
  streams = await openStreams({
    url: parley.url,
    key,
    count: readers,
    heard: (mid) => heard.get(mid)?.push(performance.now()),
  });
  console.log(`${String(readers)} streams opened one after the other in ${(performance.now() - began).toFixed(0)} ms`);
  await run(20, 5);
  for (const rate of rates) await report(`${String(rate)}/s`, () => run(rate, seconds));
  await report(`${String(burst)} at once`, () => run(Number.POSITIVE_INFINITY, burst));
  console.log(`node ${String(memoryOf([parley.child.pid]))} MB (PSS)`);
} finally {
  for (const stream of streams) stream.close();
  await stop(parley);
  await stop(simulator);
  rmSync(home, { recursive: true, force: true });
}

/** `rate` infinite: so many at once. */
async function run(rate, amount) {
  const count = rate === Number.POSITIVE_INFINITY ? amount : rate * amount;
  heard.clear();
  const poster = openPoster(parley.url, 20);
  const stamps = [];
  const t0 = performance.now();
  for (let n = 0; n < count; n += 1) {
    const due = t0 + (n * 1000) / rate;
    if (due - performance.now() > 1) await delay(due - performance.now());
    const mid = newMid();
    const stamp = { due, mid };
    stamps.push(stamp);
    heard.set(mid, []);
    void poster.post(requestOf(webhookOf(mid, n))).then(() => {
      stamp.answered = performance.now();
    });
  }
  const until = performance.now() + 60_000;
  while (stamps.some(({ mid }) => heard.get(mid).length < readers) && performance.now() < until) await delay(20);
  poster.close();
  return stamps;
}

async function report(name, work) {
  await loopDelay(metricsPort);
  const before = usageOf(parley.child.pid);
  const stamps = await work();
  const after = usageOf(parley.child.pid);
  const { p99, max } = await loopDelay(metricsPort);
  const times = (pick) => quantiles(stamps.map((stamp) => pick(stamp) - stamp.due));
  const missed = stamps.filter(({ mid }) => heard.get(mid).length !== readers).length;
  console.log(
    [
      `${name}: CPU an update ${(((after.own - before.own) * 10) / stamps.length).toFixed(1)} ms`,
      `first reader ${times(({ mid }) => heard.get(mid)[0])}`,
      `last reader ${times(({ mid }) => heard.get(mid).at(-1))}`,
      `post → 200 ${times(({ answered }) => answered)}`,
      `event loop late p99 ${p99} max ${max} ms; not heard by all ${String(missed)} of ${String(stamps.length)}`,
    ].join('\n  '),
  );
}
