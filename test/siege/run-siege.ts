import { setTimeout as sleep } from 'node:timers/promises';
import { alarms } from '../harness/log-lines.js';
import { newPsid } from '../harness/facebook-items.js';
import { startChats } from '../harness/start-chats.js';
import type { ConnectedPage } from '../harness/start-product.js';
import type { UpdateReader } from '../harness/stream-reader.js';
import { Agents } from './agents.js';
import type { Camp } from './camp.js';
import { Conditions } from './conditions.js';
import { Customers } from './customers.js';
import { Dice } from './dice.js';
import { EchoNurse } from './echo-nurse.js';
import { Follower } from './follower.js';
import type { Form } from './form.js';
import { Poster } from './poster.js';
import { describeSiege, type SiegeReport } from './report.js';
import { Settling } from './settling.js';
import { deadlocksIn, readServerLog } from './server-log.js';
import { logFailedStatements } from './siege-database.js';
import type { LoadSettings } from './siege-settings.js';
import { slowDisk } from './slow-disk.js';
import type { Stronghold } from './stronghold.js';
import { isClean } from './verdict.js';

type Say = (text: string) => void;

/** Customers write and agents answer while the product is attacked; then everything is compared. True: all is well. */
export async function runSiege(settings: LoadSettings, form: Form, say: Say): Promise<boolean> {
  say(`Siege with seed ${settings.seed}: ${form.plan}\n`);
  const camp = await pitch(settings, form, say);
  try {
    const report = await besiege(camp, settings);
    say(describeSiege(report));
    return isClean(report.verdict) && report.complaints.length === 0;
  } finally {
    await strike(camp);
  }
}

async function pitch(settings: LoadSettings, form: Form, say: Say): Promise<Camp> {
  const disk = slowDisk(settings.slowDiskMs);
  const besieged = await form.open(disk.environment);
  const { stronghold } = besieged;
  await logFailedStatements(stronghold.home);
  const conditions = await Conditions.set(stronghold, { ...settings, ...disk });
  const page = await stronghold.connectPage();
  const chats = await startChats(stronghold, page, settings.readers);
  // each its own: who comes first is not in the seed
  const diceOf = (part: number): Dice => new Dice(settings.seed + part);
  const poster = new Poster({ url: () => stronghold.webhookUrl, appSecret: stronghold.settings.appSecret });
  const customers = await gatherCustomers(settings, { stronghold, page, poster, dice: diceOf(0) });
  const agents = new Agents({ stronghold, chats, perSecond: settings.sendsPerSecond, dice: diceOf(1) });
  const followers = [
    follow('SSE', (request) => stronghold.client.stream(request)),
    follow('WebSocket', (request) => stronghold.client.socket(request)),
  ];
  const tell = (line: string): void => {
    say(`${line}\n`);
  };
  const attack = besieged.attack({ poster, customers, agents, followers, dice: diceOf(2), say: tell });
  const nurse = new EchoNurse(stronghold, poster);
  return { besieged, poster, customers, agents, followers, attack, nurse, conditions };
}

interface Meadow {
  readonly stronghold: Stronghold;
  readonly page: ConnectedPage;
  readonly poster: Poster;
  readonly dice: Dice;
}

async function gatherCustomers(settings: LoadSettings, { stronghold, page, poster, dice }: Meadow): Promise<Customers> {
  const pageId = page.page.page_id;
  const psids = Array.from({ length: settings.writers }, () => newPsid());
  await Promise.all(psids.map((psid) => stronghold.facebook.createCustomer(pageId, psid)));
  return new Customers({ pageId, psids, goal: settings.events, perSecond: settings.eventsPerSecond, dice, poster });
}

interface Opening {
  readonly query?: Readonly<Record<string, string>>;
  readonly lastEventId?: string;
}

function follow(name: string, open: (request: Opening) => Promise<UpdateReader>): Follower {
  // in a promise: there may be no process to ask
  return new Follower(name, (lastEventId) =>
    Promise.resolve().then(() => open(lastEventId === undefined ? { query: { cursor: 'earliest' } } : { lastEventId })),
  );
}

async function besiege(camp: Camp, settings: LoadSettings): Promise<SiegeReport> {
  const { besieged, poster, customers, agents, followers, attack, nurse, conditions } = camp;
  const { stronghold } = besieged;
  const startedAt = performance.now();
  for (const side of [...followers, customers, agents, conditions]) side.start();
  await attack.run();
  await conditions.ripen();
  const lastStart = new Date();
  const until = performance.now() + settings.settleMs;
  const patience = sleep(settings.settleMs, undefined, { ref: false });
  await Promise.race([patience, Promise.all([agents.finish(), customers.finish()])]);
  const settling = new Settling(camp, { lastStart, until });
  const verdict = await settling.run();
  const measured = [await conditions.measure(), await besieged.secondOpinion(customers.posted)];
  const complaints = [
    ...poster.complaints,
    ...agents.complaints,
    ...followers.flatMap((follower) => follower.complaints),
    ...deadlocksIn(readServerLog(stronghold.home))
      .filter((deadlock) => !attack.expectsDeadlock(deadlock))
      .map(({ text }) => `PostgreSQL: ${text}`),
    ...alarms(stronghold.output)
      .filter((line) => !attack.expects(line))
      .map((line) => `Parley: ${JSON.stringify(line)}`),
    ...[...measured, attack].flatMap((each) => each.complaints),
  ];
  return {
    verdict,
    complaints,
    seed: settings.seed,
    seconds: (performance.now() - startedAt) / 1000,
    settledMs: settling.tookMs,
    unknown: settling.unknown,
    echoesRepeated: nurse.delivered,
    conditions: measured.flatMap(({ lines }) => lines),
    camp: { poster, customers, agents, followers, attack },
  };
}

async function strike({ poster, agents, followers, conditions }: Camp): Promise<void> {
  poster.stop();
  agents.giveUp();
  await Promise.all([...followers, conditions].map((each) => each.stop()));
}
