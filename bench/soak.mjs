// Everything in one process under a steady load, for as many minutes as the first argument says: does its memory grow, is all
// heard and kept? Compared after as many minutes as the second argument says.
import { rmSync } from 'node:fs';
import { describeMachine } from './machine.mjs';
import { holdSoak, stopAsked } from './soak-run.mjs';
import { startSimulator, startStandalone } from './start-product.mjs';
import { connectPage, facebookApp, makeHome, memoryOf, postJson, stop, usageOf } from './support.mjs';

const [minutes, from] = process.argv.slice(2).map(Number);
const signal = stopAsked();
const metricsPort = 20_000 + (process.pid % 10_000);
const home = makeHome();

const simulator = await startSimulator();
let parley;
try {
  console.log(describeMachine());
  parley = await startStandalone(simulator, home, { metricsPort });
  const subscription = { callback_url: `${parley.url}/facebook`, verify_token: facebookApp.FACEBOOK_WEBHOOK_SECRET };
  await postJson(`${simulator.url}/control/app.subscribe`, subscription);
  const isWell = await holdSoak(
    { minutes, from, signal },
    {
      doors: { webhooks: parley.url, api: parley.url },
      simulatorUrl: simulator.url,
      channel: await connectPage(parley.url, simulator.url),
      processes: { node: { pid: parley.child.pid, metricsPort } },
      around: () => `PostgreSQL ${String(memoryOf(usageOf(parley.child.pid).pids))} MB (PSS)`,
      countsAtRest: () => ({}),
    },
  );
  process.exitCode = isWell ? 0 : 1;
} finally {
  await stop(parley);
  await stop(simulator);
  rmSync(home, { recursive: true, force: true });
}
