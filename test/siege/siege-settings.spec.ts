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
  let siegeOf: (args: readonly string[]) => { suite: string; settings: Record<string, number> };
  const given = (...args: string[]): string => JSON.stringify(siegeOf(args).settings);

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
    ['graph', { graphFaults: 2 }],
    ['rebalances', { rebalances: 1 }],
    ['rolling', { rollings: 2 }],
    ['poison', { poisons: 30 }],
    ['clock-behind', { clockMs: -tenMinutes }],
  ])('kafka %s is that alone, with 3,000 events at least', (name, fault) => {
    const settings = readKafkaSettings(given('kafka', name));
    const { kills, leaderKills, zombies, brokersAwayMs, postgresRestarts, postgresAwayMs } = settings;
    const { graphFaults, rebalances, rollings, poisons, clockMs } = settings;
    expect({
      ...{ kills, leaderKills, zombies, brokersAwayMs, postgresRestarts, postgresAwayMs },
      ...{ graphFaults, rebalances, rollings, poisons, clockMs },
    }).toEqual({
      ...{ kills: 0, leaderKills: 0, zombies: 0, brokersAwayMs: 0, postgresRestarts: 0, postgresAwayMs: 0 },
      ...{ graphFaults: 0, rebalances: 0, rollings: 0, poisons: 0, clockMs: 0 },
      ...fault,
    });
    expect(settings.events).toBeGreaterThanOrEqual(3_000);
  });

  it.each(['slowdisk', '--kills', '--kills=many'])('refuses %s', (argument) => {
    expect(() => siegeOf([argument])).toThrow(argument);
  });
});
