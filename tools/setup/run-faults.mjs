import { runNode } from './child.mjs';
import { siegeOf } from './siege-forms.mjs';
import { giveUp } from './step.mjs';

/** `npm run test:faults -- --seed=7 --kills=40`, or `-- slow-disk`: a siege. */
export async function runFaults(args) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runNode([...flags, 'node_modules/jest/bin/jest.js', 'test/siege/siege.e2e-spec.ts'], {
    env: { ...process.env, PARLEY_SIEGE: JSON.stringify(read(args)) },
    isShown: true,
  });
  process.exitCode = code;
}

function read(args) {
  try {
    return siegeOf(args);
  } catch (error) {
    return giveUp(error.message);
  }
}
