// One process per role on Kafka under a steady load, for as many minutes as the first argument says: does the memory of any role
// grow, is all heard and kept, is nothing left behind? Compared after as many
// minutes as the second argument says.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../test/free-ports.mjs';
import { openRest } from './kafka-rest.mjs';
import { brokerPids, clearGround, layGround, startRole } from './kafka-support.mjs';
import { describeMachine } from './machine.mjs';
import { holdSoak, stopAsked } from './soak-run.mjs';
import { facebookApp, memoryOf, postJson } from './support.mjs';
import { openPage } from './watch.mjs';

const [minutes, from] = process.argv.slice(2).map(Number);
const signal = stopAsked();
/** As PostgreSQL has it by default: four roles may have ten each and one that listens. */
const maxConnections = 100;
const names = ['projector', 'sender', 'channels', 'ingester'];
/** Levels of lines that somebody must act on, and of those that he should know. */
const [errors, warnings] = [
  ['error', 'fatal'],
  ['warn', 'error', 'fatal'],
];

let ground;
let rest;
try {
  ground = await layGround({ maxConnections });
  console.log(describeMachine());
  const roles = await startRoles();
  const { projector, sender, channels, ingester } = roles;
  await subscribe(ingester.url);
  rest = await openRest(ground);
  const isWell = await holdSoak(
    { minutes, from, signal },
    {
      doors: { webhooks: ingester.url, api: channels.url },
      simulatorUrl: ground.simulator.url,
      channel: ground.page,
      processes: { ingester, projector, channels, sender },
      around,
      countsAtRest: (streams) => countsAtRest(roles, streams),
    },
  );
  process.exitCode = isWell ? 0 : 1;
} finally {
  await rest?.close().catch(() => undefined);
  await clearGround(ground);
  if (ground !== undefined) rmSync(ground.home, { recursive: true, force: true });
}

async function startRoles() {
  const ports = await freePorts(names.length);
  const started = {};
  for (const [n, name] of names.entries()) {
    const metricsPort = ports[n];
    const env = { METRICS_PORT: String(metricsPort) };
    const { child, url } = await startRole(ground, name, { env, logFile: logOf(name) });
    started[name] = { pid: child.pid, url, metricsPort };
  }
  return started;
}

async function subscribe(webhooks) {
  const subscription = { callback_url: `${webhooks}/facebook`, verify_token: facebookApp.FACEBOOK_WEBHOOK_SECRET };
  await postJson(`${ground.simulator.url}/control/app.subscribe`, subscription);
}

/** For information: what is not ours is not judged. */
async function around() {
  const { 'not read': unread, 'not relayed': uncopied } = await rest.look();
  return (
    `not read yet ${String(unread)}, not relayed yet ${String(uncopied)}, warnings ${String(linesOf(warnings))}; ` +
    `PostgreSQL ${String(memoryOf(ground.database.pids()))} MB, broker ${String(memoryOf(brokerPids()))} MB (PSS)`
  );
}

async function countsAtRest({ ingester, channels }, streams) {
  const atRest = await rest.untilRest();
  const [ofIngester, ofChannels] = [await openPage(ingester.metricsPort), await openPage(channels.metricsPort)];
  return {
    ...atRest,
    'in the spool': ofIngester('parley_spool_webhooks'),
    'streams left open': ofChannels('parley_streams_open') - streams,
    'lines at level error': linesOf(errors),
  };
}

/** Of all roles. */
function linesOf(levels) {
  const lines = names.flatMap((name) => readFileSync(logOf(name), 'utf8').split('\n').filter(Boolean));
  return lines.filter((line) => levels.includes(JSON.parse(line).level)).length;
}

function logOf(name) {
  return join(ground.home, `${name}.log`);
}
