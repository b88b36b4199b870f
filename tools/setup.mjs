// The one door to everything: `npm start`, `npm test` and their relatives all begin here (package.json).
// Installs and builds what is missing or outdated, then does what was asked, in this same process where it is an app,
// so that signals reach it untouched. Imports nothing but node: until the packages are there.
import { requireSupportedNode } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureBuild } from './setup/build.mjs';

const [command, ...rest] = process.argv.slice(2);

const commands = {
  '--setup': () => undefined,
  '--run': async () => (await import('./setup/run-app.mjs')).runApp(rest[0], rest.slice(1)),
  '--test': async () => (await import('./setup/run-tests.mjs')).runTests(rest),
  '--test-server': async () => (await import('./setup/run-tests.mjs')).runServerTests(),
  '--test-kafka': async () => (await import('./setup/run-kafka-tests.mjs')).runKafkaTests(rest),
  '--test-faults': async () => (await import('./setup/run-faults.mjs')).runFaults(rest),
  '--test-packaging': async () => (await import('./packaging/packaging-checks.mjs')).runPackaging(),
  '--verify': async () => (await import('./setup/verify.mjs')).runVerify(),
  '--bench': async () => (await import('./setup/run-benches.mjs')).runBenches(rest),
  '--image': async () => (await import('./setup/lay-out-image.mjs')).layOutImage(rest[0], rest[1]),
  '--soak': async () => (await import('./setup/run-soak.mjs')).runSoak(rest),
  '--generate': async () => (await import('./generate.mjs')).generateDocuments(),
};

const action = commands[command];
if (action === undefined) {
  console.error(`Say what to do: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}

requireSupportedNode();
await ensurePackages();
await ensureBuild();
await action();
