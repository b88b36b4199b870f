import { runNode } from './child.mjs';
import { giveUp } from './step.mjs';

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

/** `npm run test:faults -- --seed=7 --kills=40`: the siege, in its long form but for what is said otherwise. */
export async function runFaults(args) {
  const settings = { ...longForm, ...Object.fromEntries(args.map(readArgument)) };
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runNode([...flags, 'node_modules/jest/bin/jest.js', 'test/siege/siege.e2e-spec.ts'], {
    env: { ...process.env, PARLEY_SIEGE: JSON.stringify(settings) },
    isShown: true,
  });
  process.exitCode = code;
}

function readArgument(argument) {
  const [, name, value] = /^--(\w+)=(\d+)$/.exec(argument) ?? [];
  if (name === undefined)
    giveUp(`What is "${argument}"? Settings are given as --seed=7 (test/siege/siege-settings.ts).`);
  return [name, Number(value)];
}
