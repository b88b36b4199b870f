import { setTimeout as sleep } from 'node:timers/promises';
import { alarms } from '../harness/log-lines.js';
import { newPsid } from '../harness/facebook-items.js';
import { startChats } from '../harness/start-chats.js';
import { Product, type ConnectedPage } from '../harness/start-product.js';
import type { UpdateReader } from '../harness/stream-reader.js';
import { Agents } from './agents.js';
import type { Camp } from './camp.js';
import { Conditions } from './conditions.js';
import { Customers } from './customers.js';
import { Dice } from './dice.js';
import { EchoNurse } from './echo-nurse.js';
import { Faults } from './faults.js';
import { Follower } from './follower.js';
import { Poster } from './poster.js';
import { describeSiege, type SiegeReport } from './report.js';
import { Settling } from './settling.js';
import { deadlocksIn, logFailedStatements } from './siege-database.js';
import type { SiegeSettings } from './siege-settings.js';
import { slowDisk } from './slow-disk.js';
import { isClean } from './verdict.js';

type Say = (text: string) => void;

/** Customers write and agents answer while the product is killed and frozen; then everything is compared. True: all is well. */
export async function runSiege(settings: SiegeSettings, say: Say): Promise<boolean> {
  say(`Siege with seed ${settings.seed}: ${settings.kills} kills, ${settings.freezes} freezes\n`);
  const camp = await pitch(settings, say);
  try {
    const report = await besiege(camp, settings);
    say(describeSiege(report));
    return isClean(report.verdict) && report.complaints.length === 0;
  } finally {
    await strike(camp);
  }
}

async function pitch(settings: SiegeSettings, say: Say): Promise<Camp> {
  const disk = slowDisk(settings.slowDiskMs);
  const product = await Product.start({ env: { LOG_LEVEL: 'info', ...disk.environment } });
  await logFailedStatements(product.home);
  const conditions = await Conditions.set(product, { ...settings, ...disk });
  const page = await product.connectPage();
  const chats = await startChats(product, page, settings.readers);
  // each its own: who comes first is not in the seed
  const diceOf = (part: number): Dice => new Dice(settings.seed + part);
  const poster = new Poster({ url: () => product.process.url, appSecret: product.settings.appSecret });
  return {
    product,
    poster,
    customers: await gatherCustomers(settings, { product, page, poster, dice: diceOf(0) }),
    agents: new Agents({ product, chats, perSecond: settings.sendsPerSecond, dice: diceOf(1) }),
    followers: [
      follow('SSE', (request) => product.client.stream(request)),
      follow('WebSocket', (request) => product.client.socket(request)),
    ],
    faults: new Faults(
      {
        product,
        poster,
        dice: diceOf(2),
        say: (line) => {
          say(`${line}\n`);
        },
      },
      settings,
    ),
    nurse: new EchoNurse(product, poster),
    conditions,
  };
}

interface Field {
  readonly product: Product;
  readonly page: ConnectedPage;
  readonly poster: Poster;
  readonly dice: Dice;
}

async function gatherCustomers(settings: SiegeSettings, { product, page, poster, dice }: Field): Promise<Customers> {
  const pageId = page.page.page_id;
  const psids = Array.from({ length: settings.writers }, () => newPsid());
  await Promise.all(psids.map((psid) => product.facebook.createCustomer(pageId, psid)));
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

async function besiege(camp: Camp, settings: SiegeSettings): Promise<SiegeReport> {
  const { product, poster, customers, agents, followers, faults, nurse, conditions } = camp;
  const startedAt = performance.now();
  for (const side of [...followers, customers, agents, conditions]) side.start();
  await faults.run();
  await conditions.ripen();
  const lastStart = new Date();
  const until = performance.now() + settings.settleMs;
  const patience = sleep(settings.settleMs, undefined, { ref: false });
  await Promise.race([patience, Promise.all([agents.finish(), customers.finish()])]);
  const settling = new Settling(camp, { lastStart, until });
  const verdict = await settling.run();
  const measured = await conditions.measure();
  const complaints = [
    ...poster.complaints,
    ...agents.complaints,
    ...followers.flatMap((follower) => follower.complaints),
    ...deadlocksIn(product.home).map((line) => `PostgreSQL: ${line}`),
    ...alarms(product.output).map((line) => `Parley: ${JSON.stringify(line)}`),
    ...measured.complaints,
    ...(faults.outages > 0 && faults.answeredInOutage === 0 ? ['nothing was answered while PostgreSQL was away'] : []),
  ];
  return {
    verdict,
    complaints,
    seed: settings.seed,
    seconds: (performance.now() - startedAt) / 1000,
    settledMs: settling.tookMs,
    unknown: settling.unknown,
    echoesRepeated: nurse.delivered,
    conditions: measured.lines,
    camp: { poster, customers, agents, followers, faults },
  };
}

async function strike({ poster, agents, followers, conditions }: Camp): Promise<void> {
  poster.stop();
  agents.giveUp();
  await Promise.all([...followers, conditions].map((each) => each.stop()));
}
