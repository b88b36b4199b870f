import { setTimeout as delay } from 'node:timers/promises';
import { createWatchdog, type Watchdog, type Watched } from './watchdog.js';

const stuckAfterMs = 200;
/** So long that it would have been said. */
const longEnoughMs = 5 * stuckAfterMs;

const told: string[] = [];
let watchdog: Watchdog;

beforeEach(() => {
  told.length = 0;
  watchdog = createWatchdog({ stuckAfterMs, onStuck: (reason) => told.push(reason) });
});

afterEach(() => {
  watchdog.close();
});

const sinceNow = (): (() => number) => {
  const since = performance.now();
  return () => performance.now() - since;
};
/** Away for so long; asked again it is there, and the reader hears of it some time later. */
function outage(ms: number, laterMs: number): Pick<Watched, 'unansweredMs' | 'askAnew'> {
  const age = sinceNow();
  return {
    unansweredMs: () => (age() > ms + laterMs ? 0 : age()),
    askAnew: () => (age() > ms ? Promise.resolve() : Promise.reject(new Error('away'))),
  };
}
const answered = (): Promise<void> => Promise.resolve();

async function untilTold(): Promise<string> {
  for (const age = sinceNow(); age() < 10 * longEnoughMs;) {
    if (told[0] !== undefined) return told[0];
    await delay(5);
  }
  throw new Error('Nothing was said.');
}

describe('a process that is stuck', () => {
  it('is one that has no answer while a new client has one', async () => {
    const unansweredMs = sinceNow();
    watchdog.watch({ name: 'The reader', unansweredMs, askAnew: answered });

    expect(await untilTold()).toMatch(/^The reader has had no answer of Kafka for \d+ s.*: it answers a new client\.$/);
    expect(unansweredMs()).toBeGreaterThanOrEqual(stuckAfterMs);
  });

  it('is one that cannot make connections', async () => {
    const cause = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' });
    const askAnew = (): Promise<void> => Promise.reject(new Error('Connection error', { cause }));
    watchdog.watch({ name: 'The reader', unansweredMs: sinceNow(), askAnew });

    expect(await untilTold()).toContain('this process cannot connect');
  });

  it('is said once', async () => {
    for (const name of ['One', 'Other']) watchdog.watch({ name, unansweredMs: sinceNow(), askAnew: answered });
    await untilTold();
    await delay(longEnoughMs);
    expect(told).toHaveLength(1);
  });
});

describe('a process that is not stuck', () => {
  it.each([
    ['whose Kafka answers nobody', sinceNow(), () => Promise.reject(new Error('connect ECONNREFUSED'))],
    ['that is answered', () => 1, answered],
  ])('is one %s', async (_, unansweredMs, askAnew) => {
    watchdog.watch({ name: 'The reader', unansweredMs, askAnew });
    await delay(longEnoughMs);
    expect(told).toEqual([]);
  });

  it('is one that Kafka is back for within that time, however long it was away', async () => {
    watchdog.watch({ name: 'The reader', ...outage(longEnoughMs, stuckAfterMs / 2) });
    await delay(2 * longEnoughMs);
    expect(told).toEqual([]);
  });

  it('is one that has closed its reader', async () => {
    const watched = { name: 'The reader', unansweredMs: sinceNow(), askAnew: answered };
    watchdog.watch(watched);
    watchdog.forget(watched);
    await delay(longEnoughMs);
    expect(told).toEqual([]);
  });
});
