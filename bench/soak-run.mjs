// What every soak does, however the product is laid out: the load, a look each minute, and what has to be true in the end.
import { setTimeout as delay } from 'node:timers/promises';
import { judgeSoak, medianOf } from './judge-soak.mjs';
import { Customers, ears } from './soak-load.mjs';
import { lookInside, residentOf } from './watch.mjs';

const perSecond = Number(process.env.SOAK_RATE ?? 100);
const sampleMs = 5_000;

/** Aborted when this process is asked to stop: what it has started has to be stopped first. */
export function stopAsked() {
  const stop = new AbortController();
  // Ctrl-C comes twice: from the terminal, and from npm's child
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  return stop.signal;
}

/**
 * `product`: `doors`, where webhooks go and where calls and streams do; the connected `channel`; `simulatorUrl`; `processes`,
 * name → {pid, metricsPort}, whose memory is judged; `around()`, what is to be told of others each minute;
 * `countsAtRest(streams)`, what else has to be 0 in the end, when so many streams are open. Answers whether all is well.
 */
export async function holdSoak({ minutes, from, signal }, product) {
  const over = new AbortController();
  const readers = await ears(product.doors.api, over.signal);
  const customers = new Customers({ ...product, readers });
  const said = async () => `${told(customers, readers)}; ${await product.around()}`;
  try {
    await customers.prepare();
    const loading = customers.load(perSecond, over.signal);
    const memory = await measure({ minutes, signal, processes: product.processes, said });
    over.abort();
    await loading;
    const counts = await countInTheEnd(product, customers, readers);
    console.log(`in the end: ${await said()}`);
    return conclude({ memory, from, counts });
  } finally {
    over.abort();
    readers.close();
  }
}

async function countInTheEnd(product, customers, readers) {
  await readers.settle();
  return {
    refused: customers.counts().refused,
    'not heard': readers.missing(),
    'streams not opened': readers.notOpened(),
    ...(await customers.lookForAll()),
    ...(await product.countsAtRest(readers.count)),
  };
}

/** Of each process and minute: the samples of its resident memory, MB, and how often V8 collected all its garbage. */
async function measure({ minutes, signal, processes, said }) {
  const memory = Object.fromEntries(Object.keys(processes).map((name) => [name, []]));
  for (let minute = 1; minute <= minutes; minute += 1) {
    const measured = await measureMinute(processes, signal);
    for (const [name, { samples, collections }] of Object.entries(measured))
      memory[name].push({ samples, collections });
    console.log(`minute ${String(minute)}: ${await said()}\n${table(measured)}`);
  }
  return memory;
}

async function measureMinute(processes, signal) {
  const before = await lookAtAll(processes);
  const samples = Object.fromEntries(Object.keys(processes).map((name) => [name, []]));
  for (let n = 0; n < 60_000 / sampleMs; n += 1) {
    await delay(sampleMs, undefined, { signal });
    for (const [name, { pid }] of Object.entries(processes)) samples[name].push(residentOf(pid));
  }
  const after = await lookAtAll(processes);
  return Object.fromEntries(
    Object.entries(after).map(([name, inside]) => [
      name,
      { ...inside, samples: samples[name], collections: inside.collections - before[name].collections },
    ]),
  );
}

async function lookAtAll(processes) {
  const looks = Object.entries(processes).map(async ([name, { metricsPort }]) => [name, await lookInside(metricsPort)]);
  return Object.fromEntries(await Promise.all(looks));
}

function told(customers, readers) {
  const { posted, sent, refused } = customers.counts();
  return `posted ${String(posted)}, sent ${String(sent)}, refused ${String(refused)}, not heard yet ${String(readers.missing())}`;
}

function table(measured) {
  const row = ([name, { samples, heap, taken, outside, collections, p99, max }]) =>
    [
      `  ${name.padEnd(10)}${String(medianOf(samples))} MB (RSS, ${String(Math.min(...samples))}–${String(Math.max(...samples))})`,
      `heap ${String(heap)} of ${String(taken)} MB`,
      `outside ${String(outside)} MB`,
      `all garbage collected ${String(collections)} times`,
      `event loop late p99 ${p99} max ${max} ms`,
    ].join(', ');
  return Object.entries(measured).map(row).join('\n');
}

function conclude({ memory, from, counts }) {
  const judged = judgeSoak({ memory, from, counts });
  const row = ([name, { ratio, levels = [], collections = [] }]) =>
    `  ${name.padEnd(10)}${levels.join(' → ')} MB, ${ratio?.toFixed(3) ?? '–'}, all garbage collected ${collections.join(', ')} times meanwhile`;
  console.log(JSON.stringify(counts));
  console.log(`memory in the first minutes after minute ${String(from)} → the last ones, each at its lowest:`);
  console.log(Object.entries(judged.memory).map(row).join('\n'));
  console.log(judged.faults.length === 0 ? 'passed' : `FAILED: ${judged.faults.join('; ')}`);
  return judged.faults.length === 0;
}
