import { whyNoKafka } from '../kafka/assemble.mjs';
import { runNode } from './child.mjs';
import { siegeOf } from './siege-forms.mjs';
import { giveUp } from './step.mjs';

/** `npm run test:faults -- --seed=7 --kills=40`, `-- slow-disk`, or `-- kafka zombies`: a siege. */
export async function runFaults(args) {
  const { suite, settings } = read(args);
  const reason = suite.includes('kafka.') ? whyNoKafka() : undefined;
  if (reason !== undefined) giveUp(`Not run: ${reason}`);
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runNode([...flags, 'node_modules/jest/bin/jest.js', suite], {
    // it starts brokers of its own; with none named, jest would pass it over
    env: { ...process.env, PARLEY_TEST_KAFKA_BROKERS: 'of the siege', PARLEY_SIEGE: JSON.stringify(settings) },
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
