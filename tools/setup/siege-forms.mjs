/** As many as the promise is held to; the short forms of `npm test` are in test/siege/{siege,kafka}-settings.ts. */
const large = { events: 50_000, writers: 300, readers: 120, settleMs: 600_000, limitMs: 1_800_000 };
/** As many as in the short form, with time for whatever slows it down. */
const small = { settleMs: 300_000, limitMs: 900_000 };

const oneProcess = {
  suite: 'test/siege/siege.e2e-spec.ts',
  names: {
    'slow-disk': { slowDiskMs: 5 },
    'held-snapshot': { snapshotMs: 60_000 },
    'clock-ahead': { clockMs: 600_000 },
    'clock-behind': { clockMs: -600_000 },
  },
  none: { slowDiskMs: 0, snapshotMs: 0, clockMs: 0 },
  long: { kills: 25, freezes: 25, eventsPerSecond: 400 },
};

const kafka = {
  suite: 'test/siege/kafka.siege.e2e-spec.ts',
  names: {
    kills: { kills: 3 },
    leaders: { leaderKills: 3 },
    zombies: { zombies: 2 },
    brokers: { brokersAwayMs: 60_000 },
    postgres: { postgresRestarts: 2, postgresAwayMs: 30_000 },
    graph: { graphFaults: 2 },
    rebalances: { rebalances: 1 },
    rolling: { rollings: 2 },
    poison: { poisons: 30 },
    'clock-ahead': { clockMs: 600_000 },
    'clock-behind': { clockMs: -600_000 },
  },
  none: { kills: 0, leaderKills: 0, brokersAwayMs: 0, clockMs: 0 },
  long: {
    ...{ kills: 5, leaderKills: 3, zombies: 2, brokersAwayMs: 60_000, postgresRestarts: 2, postgresAwayMs: 30_000 },
    ...{ graphFaults: 2, rebalances: 1, rollings: 2, poisons: 30, eventsPerSecond: 150 },
  },
};

/**
 * `slow-disk --kills=40`, `kafka zombies --seed=7`: the suite of the siege that these arguments ask for, and its settings. With
 * no name it is the long form; with some, what they name, and nothing else, in the size of the short form. Throws at what
 * it does not know.
 */
export function siegeOf(args) {
  const { suite, names, none, long } = args[0] === 'kafka' ? kafka : oneProcess;
  const wanted = args[0] === 'kafka' ? args.slice(1) : args;
  const named = wanted.filter((argument) => Object.hasOwn(names, argument));
  const settings = wanted.filter((argument) => !named.includes(argument)).map((text) => readSetting(text, names));
  const form = named.length === 0 ? { ...large, ...none, ...long } : { ...small, ...none };
  return {
    suite,
    settings: Object.assign(form, ...named.map((name) => names[name]), Object.fromEntries(settings)),
  };
}

function readSetting(argument, names) {
  const [, name, value] = /^--(\w+)=(-?\d+)$/.exec(argument) ?? [];
  if (name === undefined)
    throw new Error(
      `What is "${argument}"? A siege is given names (${Object.keys(names).join(', ')}) and settings as --seed=7 (test/siege/siege-settings.ts, kafka-settings.ts).`,
    );
  return [name, Number(value)];
}
