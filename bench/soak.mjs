// Everything in one process under a steady load for half an hour (or as many minutes as the first argument says): does its memory
// grow, is all heard and kept? Compared with the minutes up to 10, or to the second argument.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { judgeSoak, medianOf } from './judge-soak.mjs';
import { Customers, ears } from './soak-load.mjs';
import { describeMachine } from './machine.mjs';
import { startSimulator, startStandalone } from './start-product.mjs';
import { connectPage, facebookApp, makeHome, memoryOf, postJson, stop, usageOf } from './support.mjs';
import { loopDelay, residentOf } from './watch.mjs';

const minutes = Number(process.argv[2] ?? 30);
const from = Number(process.argv[3] ?? 10);
const perSecond = Number(process.env.SOAK_RATE ?? 100);
const sampleMs = 5_000;
const metricsPort = 20_000 + (process.pid % 10_000);
const home = makeHome();

const simulator = await startSimulator();
let parley;
try {
  console.log(describeMachine());
  parley = await startStandalone(simulator, home, { metricsPort });
  const subscription = { callback_url: `${parley.url}/facebook`, verify_token: facebookApp.FACEBOOK_WEBHOOK_SECRET };
  await postJson(`${simulator.url}/control/app.subscribe`, subscription);
  const channel = await connectPage(parley.url, simulator.url);
  process.exitCode = (await soak(channel)) ? 0 : 1;
} finally {
  await stop(parley);
  await stop(simulator);
  rmSync(home, { recursive: true, force: true });
}

async function soak(channel) {
  const over = new AbortController();
  const readers = await ears(parley.url, over.signal);
  const customers = new Customers({ parleyUrl: parley.url, simulatorUrl: simulator.url, readers, channel });
  await customers.prepare();
  const loading = customers.load(perSecond, over.signal);
  const measured = [];
  for (let minute = 1; minute <= minutes; minute += 1) measured.push(await measureMinute(minute, customers, readers));
  over.abort();
  await loading;
  await readers.settle();
  const counted = { ...customers.counts(), notHeard: readers.missing(), ...(await customers.lookForAll()) };
  readers.close();
  const { ratio, levels = [], faults } = judgeSoak({ minutes: measured, from, ...counted });
  console.log(
    `${JSON.stringify(counted)}; memory around minute ${String(from)} → end: ${levels.join(' → ')} MB, ${ratio?.toFixed(3) ?? '–'}`,
  );
  console.log(faults.length === 0 ? 'passed' : `FAILED: ${faults.join('; ')}`);
  return faults.length === 0;
}

/** Answers the samples of the resident memory, MB. */
async function measureMinute(minute, customers, readers) {
  await loopDelay(metricsPort);
  const samples = [];
  for (let n = 0; n < 60_000 / sampleMs; n += 1) {
    await delay(sampleMs);
    samples.push(residentOf(parley.child.pid));
  }
  const { p99, max } = await loopDelay(metricsPort);
  const { posted, sent, refused } = customers.counts();
  const database = memoryOf(usageOf(parley.child.pid).pids);
  console.log(
    `minute ${String(minute)}: node ${String(medianOf(samples))} MB (RSS), PostgreSQL ${String(database)} MB (PSS), event loop late p99 ${p99} max ${max} ms, ` +
      `posted ${String(posted)}, sent ${String(sent)}, refused ${String(refused)}, not heard yet ${String(readers.missing())}`,
  );
  return samples;
}
