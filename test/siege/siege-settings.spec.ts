import { readKafkaSettings } from './kafka-settings.js';
import { readSettings } from './siege-settings.js';

const module = '../../tools/setup/siege-forms.mjs';
const tenMinutes = 600_000;

describe('the siege of npm test', () => {
  it('is no smaller than was promised, and under every condition', () => {
    const settings = readSettings();
    expect(settings.events).toBeGreaterThanOrEqual(5_000);
    expect(settings.kills).toBeGreaterThanOrEqual(5);
    expect(settings.freezes).toBeGreaterThanOrEqual(3);
    expect(settings.outageMs).toBeGreaterThanOrEqual(10_000);
    expect(settings.limitMs).toBeLessThan(180_000);
    expect(settings).toMatchObject({ slowDiskMs: 5, snapshotMs: 10_000 });
  });

  it.each([
    [2, tenMinutes],
    [3, -tenMinutes],
  ])('has Facebook’s clock ten minutes apart, which way is in the seed (%d)', (seed, clockMs) => {
    expect(readSettings(JSON.stringify({ seed }))).toMatchObject({ seed, clockMs });
  });

  it.each(['{"gremlins":3}', '{"kills":-1}', '{"kills":"five"}'])('refuses %s', (text) => {
    expect(() => readSettings(text)).toThrow();
  });
});

describe('the siege on Kafka of npm test', () => {
  it('is no smaller than was promised', () => {
    const settings = readKafkaSettings();
    expect(settings.events).toBeGreaterThanOrEqual(3_000);
    expect(settings.kills).toBeGreaterThanOrEqual(1);
    expect(settings.leaderKills).toBeGreaterThanOrEqual(1);
    expect(settings.brokersAwayMs).toBeGreaterThan(3_500);
    expect(settings.limitMs).toBeLessThan(240_000);
  });
});

describe('npm run test:faults', () => {
  let siegeOf: (args: readonly string[]) => { settings: Record<string, number>; from?: string };
  const given = (...args: string[]): string => JSON.stringify(siegeOf(args).settings);

  const ofLoad =
    'seed events brokers leastMs writers readers eventsPerSecond sendsPerSecond settleMs limitMs slowDiskMs snapshotMs'.split(
      ' ',
    );
  const ofFaults = new Set(Object.keys(readKafkaSettings()).filter((name) => !ofLoad.includes(name)));

  beforeAll(async () => {
    ({ siegeOf } = (await import(module)) as { siegeOf: typeof siegeOf });
  });

  it('is no smaller than was promised', () => {
    const settings = readSettings(given());
    expect(settings.events).toBeGreaterThanOrEqual(50_000);
    expect(settings.kills).toBeGreaterThanOrEqual(20);
    expect(settings.freezes).toBeGreaterThanOrEqual(20);
    expect(settings).toMatchObject({ slowDiskMs: 0, snapshotMs: 0, clockMs: 0 });
  });

  it.each([
    [['slow-disk'], { slowDiskMs: 5, snapshotMs: 0, clockMs: 0 }],
    [['held-snapshot'], { slowDiskMs: 0, snapshotMs: 60_000, clockMs: 0 }],
    [['clock-ahead'], { slowDiskMs: 0, snapshotMs: 0, clockMs: tenMinutes }],
    [['clock-behind'], { slowDiskMs: 0, snapshotMs: 0, clockMs: -tenMinutes }],
    [['slow-disk', 'clock-behind', '--kills=9'], { slowDiskMs: 5, clockMs: -tenMinutes, kills: 9 }],
  ])('%j is that condition, with 5,000 events at least', (args, conditions) => {
    const settings = readSettings(given(...args));
    expect(settings).toMatchObject(conditions);
    expect(settings.events).toBeGreaterThanOrEqual(5_000);
  });

  it('on Kafka is no smaller, and has every fault', () => {
    const settings = readKafkaSettings(given('kafka'));
    expect(settings.events).toBeGreaterThanOrEqual(50_000);
    expect(settings.brokersAwayMs).toBeGreaterThanOrEqual(60_000);
    expect(Object.entries(settings).filter(([, value]) => value === 0)).toEqual([
      // there has to be a release to come from
      ['upgrades', 0],
      ['slowDiskMs', 0],
      ['snapshotMs', 0],
      ['clockMs', 0],
    ]);
  });

  it.each([
    ['kills', { kills: 3 }],
    ['leaders', { leaderKills: 3 }],
    ['zombies', { zombies: 2 }],
    ['brokers', { brokersAwayMs: 60_000 }],
    ['postgres', { postgresRestarts: 2, postgresAwayMs: 30_000 }],
    ['exhausted', { exhaustedMs: 15_000 }],
    ['deadlocks', { deadlocks: 3 }],
    ['slow-broker', { slowBrokerMs: 30_000 }],
    ['graph', { graphFaults: 2 }],
    ['rebalances', { rebalances: 1 }],
    ['rolling', { rollings: 2 }],
    ['upgrade', { upgrades: 1 }],
    ['poison', { poisons: 30 }],
    ['clock-behind', { clockMs: -tenMinutes }],
  ])('kafka %s is that alone, with 3,000 events at least', (name, fault) => {
    const settings = readKafkaSettings(given('kafka', name));
    const faults = Object.entries(settings)
      .filter(([key]) => ofFaults.has(key))
      .filter(([, value]) => value !== 0);
    expect(Object.fromEntries(faults)).toEqual(fault);
    expect(settings.events).toBeGreaterThanOrEqual(3_000);
    expect(settings.leastMs).toBeGreaterThanOrEqual(30_000);
  });

  it('on Kafka begins with the commit that is named, under that alone or under every fault', () => {
    expect(siegeOf(['kafka', 'upgrade', '--from=v1.2.0'])).toMatchObject({ from: 'v1.2.0', settings: { upgrades: 1 } });
    expect(siegeOf(['kafka', '--from=0af1'])).toMatchObject({ from: '0af1', settings: { upgrades: 1, kills: 5 } });
  });

  it('of roles has no broker, and every fault that needs none', () => {
    const settings = readKafkaSettings(given('roles'));
    expect(settings).toMatchObject({ brokers: 0, leaderKills: 0, brokersAwayMs: 0, slowBrokerMs: 0, poisons: 0 });
    expect(settings).toMatchObject({ events: 50_000, kills: 5, zombies: 2, postgresAwayMs: 30_000, deadlocks: 2 });
    expect(() => siegeOf(['roles', 'brokers'])).toThrow('brokers');
  });

  it.each(['slowdisk', '--from=v1.2.0', '--kills', '--kills=many'])('refuses %s', (argument) => {
    expect(() => siegeOf([argument])).toThrow(argument);
  });
});
