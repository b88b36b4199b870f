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

describe('npm run test:faults', () => {
  let siegeOf: (args: readonly string[]) => Record<string, number>;

  beforeAll(async () => {
    ({ siegeOf } = (await import(module)) as { siegeOf: typeof siegeOf });
  });

  it('is no smaller than was promised', () => {
    const settings = readSettings(JSON.stringify(siegeOf([])));
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
    const settings = readSettings(JSON.stringify(siegeOf(args)));
    expect(settings).toMatchObject(conditions);
    expect(settings.events).toBeGreaterThanOrEqual(5_000);
  });

  it.each(['slowdisk', '--kills', '--kills=many'])('refuses %s', (argument) => {
    expect(() => siegeOf([argument])).toThrow(argument);
  });
});
