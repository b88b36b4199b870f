/** As many as the promise is held to; the short form of `npm test` is in test/siege/siege-settings.ts. */
const longForm = {
  events: 50_000,
  kills: 25,
  freezes: 25,
  writers: 300,
  readers: 120,
  eventsPerSecond: 400,
  settleMs: 600_000,
  limitMs: 1_800_000,
};

/** As many as in the short form, with time for whatever slows it down. */
const ofCondition = { settleMs: 300_000, limitMs: 900_000 };

const calm = { slowDiskMs: 0, snapshotMs: 0, clockMs: 0 };
const conditions = {
  'slow-disk': { slowDiskMs: 5 },
  'held-snapshot': { snapshotMs: 60_000 },
  'clock-ahead': { clockMs: 600_000 },
  'clock-behind': { clockMs: -600_000 },
};

/**
 * `slow-disk --kills=40`: the settings of the siege that these arguments ask for. Without a condition the long form under none;
 * under one, or several, what the short form has. Throws at what it does not know.
 */
export function siegeOf(args) {
  const named = args.filter((argument) => Object.hasOwn(conditions, argument));
  const settings = args.filter((argument) => !named.includes(argument)).map(readSetting);
  const form = named.length === 0 ? longForm : ofCondition;
  return Object.assign({}, form, calm, ...named.map((name) => conditions[name]), Object.fromEntries(settings));
}

function readSetting(argument) {
  const [, name, value] = /^--(\w+)=(-?\d+)$/.exec(argument) ?? [];
  if (name === undefined)
    throw new Error(
      `What is "${argument}"? A siege is given conditions (${Object.keys(conditions).join(', ')}) and settings as --seed=7 (test/siege/siege-settings.ts).`,
    );
  return [name, Number(value)];
}
