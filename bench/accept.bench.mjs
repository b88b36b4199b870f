// How many webhooks a second one ingester accepts (answered 200 = in PostgreSQL, synced to disk), beside a control that does
// HMAC, parse, normalise, logs and answers, and keeps nothing. Node on one core; generator and PostgreSQL on the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFromHere } from './closed-load.mjs';
import { describeMachine } from './machine.mjs';
import { startSimulator } from './start-product.mjs';
import {
  connectPage,
  facebookApp,
  key,
  migrate,
  newMid,
  pin,
  requestOf,
  start,
  startDatabase,
  stop,
  webhookOf,
} from './support.mjs';

const seconds = Number(process.env.BENCH_SECONDS ?? 4);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const connections = 50;
const home = mkdtempSync(join(tmpdir(), 'parley-bench-'));

const database = await startDatabase();
let simulator;
let ingester;
let control;
try {
  await migrate(database.url);
  simulator = await startSimulator();
  const environment = {
    ...facebookApp,
    FACEBOOK_GRAPH_URL: simulator.url,
    DATABASE_URL: database.url,
    PARLEY_ENCRYPTION_KEY: Buffer.alloc(32, 'bench').toString('base64'),
    PARLEY_API_KEY: key,
    PARLEY_PUBLIC_URL: 'http://127.0.0.1:1',
    PORT: '0',
    METRICS_PORT: '0',
  };
  const channels = await start('channels', { ...environment, LOG_LEVEL: 'warn' });
  await connectPage(channels.url, simulator.url);
  await stop(channels);
  await stop(simulator);
  for (const pid of [process.pid, ...database.pids()]) pin(pid, 1);
  ingester = await start('ingester', { ...environment, PARLEY_HOME: home }, { core: 0 });
  control = await start('control.mjs', environment, { core: 0 });
  console.log(describeMachine());
  await load(control.url);
  await load(ingester.url);
  const rates = { control: [], ingester: [] };
  for (let round = 0; round < rounds; round += 1) {
    rates.control.push(await load(control.url));
    rates.ingester.push(await load(ingester.url));
  }
  const [ofControl, ofIngester] = [median(rates.control), median(rates.ingester)];
  console.log(
    `accepted: ingester ${ofIngester.toFixed(0)}/s, control ${ofControl.toFixed(0)}/s: ${((100 * ofIngester) / ofControl).toFixed(0)} % (medians of ${String(rounds)} rounds of ${String(seconds)} s, ${String(connections)} connections)`,
  );
} finally {
  await stop(control);
  await stop(ingester);
  await stop(simulator);
  await database.stop();
  rmSync(home, { recursive: true });
}

function load(url) {
  // the same bodies go round: what was accepted once is accepted again
  const requests = Array.from({ length: 2_000 }, (_, n) => requestOf(webhookOf(newMid(), n)));
  return loadFromHere(url, { requests, connections, seconds });
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
