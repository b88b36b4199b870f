/** As many as the promise is held to; the short forms of `npm test` are in test/siege/{siege,kafka}-settings.ts. */
const large = { events: 50_000, writers: 300, readers: 120, settleMs: 600_000, limitMs: 1_800_000 };
/** As many as in the short form, with time for whatever slows it down. */
const small = { settleMs: 300_000, limitMs: 900_000 };

const fromCommit = /^--from=(.+)$/;

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
    exhausted: { exhaustedMs: 15_000 },
    deadlocks: { deadlocks: 3 },
    'slow-broker': { slowBrokerMs: 30_000 },
    graph: { graphFaults: 2 },
    rebalances: { rebalances: 1 },
    rolling: { rollings: 2 },
    upgrade: { upgrades: 1 },
    poison: { poisons: 30 },
    'clock-ahead': { clockMs: 600_000 },
    'clock-behind': { clockMs: -600_000 },
  },
  none: { kills: 0, leaderKills: 0, brokersAwayMs: 0, clockMs: 0, leastMs: 30_000 },
  long: {
    ...{ kills: 5, leaderKills: 3, zombies: 2, brokersAwayMs: 60_000, postgresRestarts: 2, postgresAwayMs: 30_000 },
    ...{ exhaustedMs: 15_000, deadlocks: 2, slowBrokerMs: 30_000 },
    ...{ graphFaults: 2, rebalances: 1, rollings: 2, poisons: 30, eventsPerSecond: 150 },
  },
};

/** The same without brokers: the log is in PostgreSQL. */
const rolesOf = ({ suite, names, none, long }) => {
  const without = { brokers: 0, leaderKills: 0, brokersAwayMs: 0, slowBrokerMs: 0, poisons: 0 };
  const left = Object.entries(names).filter(
    ([name]) => !['leaders', 'brokers', 'slow-broker', 'poison'].includes(name),
  );
  return { suite, names: Object.fromEntries(left), none: { ...none, brokers: 0 }, long: { ...long, ...without } };
};

const forms = { kafka, roles: rolesOf(kafka) };

/**
 * `slow-disk --kills=40`, `kafka zombies --seed=7`, `roles upgrade --from=v1.2.0`: the suite of the siege that these
 * arguments ask for, its settings, and the commit that it begins with, as it was named. With no name it is the long form;
 * with some, what they name, and nothing else, in the size of the short form. Throws at what it does not know.
 */
export function siegeOf(args) {
  const form = forms[args[0]];
  const { suite, names, none, long } = form ?? oneProcess;
  const wanted = form === undefined ? args : args.slice(1);
  const named = wanted.filter((argument) => Object.hasOwn(names, argument));
  const from = suite === kafka.suite ? wanted.find((argument) => fromCommit.test(argument)) : undefined;
  const settings = wanted
    .filter((argument) => !named.includes(argument) && argument !== from)
    .map((text) => readSetting(text, names));
  const size = named.length === 0 ? { ...large, ...none, ...long } : { ...small, ...none };
  const upgrade = from === undefined ? {} : names.upgrade;
  return {
    suite,
    settings: Object.assign(size, ...named.map((name) => names[name]), upgrade, Object.fromEntries(settings)),
    ...(from === undefined ? {} : { from: fromCommit.exec(from)[1] }),
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
