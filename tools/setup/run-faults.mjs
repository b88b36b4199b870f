import { whyNoKafka } from '../kafka/assemble.mjs';
import { buildRelease, newestTag } from './build-release.mjs';
import { runNode } from './child.mjs';
import { siegeOf } from './siege-forms.mjs';
import { giveUp } from './step.mjs';

/** `npm run test:faults -- --seed=7 --kills=40`, `-- slow-disk`, `-- kafka zombies`, or `-- kafka upgrade --from=v1.2.0`: a siege. */
export async function runFaults(args) {
  const { suite, settings, from } = read(args);
  const reason = settings.brokers === 0 || !suite.includes('kafka.') ? undefined : whyNoKafka();
  if (reason !== undefined) giveUp(`Not run: ${reason}`);
  const earlier = settings.upgrades > 0 ? await bundlesOf(from ?? (await newestTag())) : {};
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runNode([...flags, 'node_modules/jest/bin/jest.js', suite], {
    // it starts brokers of its own; with none named, jest would pass it over
    env: {
      ...{ ...process.env, ...earlier },
      ...{ PARLEY_TEST_KAFKA_BROKERS: 'of the siege', PARLEY_SIEGE: JSON.stringify(settings) },
    },
    isShown: true,
  });
  process.exitCode = code;
}

/** Of the release that it begins with, for test/siege/fortress.ts. */
async function bundlesOf(ref) {
  if (ref === undefined)
    giveUp('There is no tag before this commit to come from: name a commit, as in `kafka upgrade --from=<commit>`.');
  return { PARLEY_SIEGE_FROM: await buildRelease(ref) };
}

function read(args) {
  try {
    return siegeOf(args);
  } catch (error) {
    return giveUp(error.message);
  }
}
