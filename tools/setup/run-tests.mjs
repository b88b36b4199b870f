import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { runNode } from './child.mjs';
import { inRoot } from './root.mjs';
import { verify } from './verify.mjs';

const jestResults = '.cache/jest.json';
/** Read by .ci/run: {passed, failed}. */
const report = '.cache/test-report.json';

/** With arguments they go to jest and nothing else runs; without, everything that CI runs. */
export async function runTests(args) {
  process.exitCode = args.length > 0 ? await jest(...args) : await runEverything();
}

async function runEverything() {
  mkdirSync(inRoot('.cache'), { recursive: true });
  for (const file of [jestResults, report]) rmSync(inRoot(file), { force: true });
  const code = await jest('--ci', '--json', `--outputFile=${jestResults}`);
  const tests = readTests(code);
  const checks = await verify();
  const count = (state) => checks.filter((check) => check.state === state).length;
  const passed = tests.passed + count('passed');
  const failed = tests.failed + tests.skipped.length + count('failed');
  summarise(tests, checks);
  writeFileSync(inRoot(report), JSON.stringify({ passed, failed }));
  return failed === 0 ? 0 : 1;
}

async function jest(...args) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runNode([...flags, 'node_modules/jest/bin/jest.js', '--maxWorkers=2', ...args], {
    isShown: true,
  });
  return code;
}

/** A suite that could not be loaded counts as one failure, and so does a jest that dies without a word. */
function readTests(code) {
  if (!existsSync(inRoot(jestResults))) return { suites: 0, passed: 0, failed: 1, skipped: [] };
  const results = JSON.parse(readFileSync(inRoot(jestResults), 'utf8'));
  const cases = results.testResults.flatMap((suite) => suite.assertionResults);
  const skipped = cases.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    suites: results.numTotalTestSuites,
    passed: results.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: skipped.map(({ fullName }) => fullName),
  };
}

function summarise(tests, checks) {
  console.log(`\nRun: ${tests.suites} test suites (${tests.passed} tests passed, ${tests.failed} failed)`);
  console.log(`     ${checks.length} checks: ${checks.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
  console.log('Not run:');
  console.log('     suites on a real Kafka: there are none yet');
  for (const { name, output } of checks.filter(({ state }) => state === 'not run'))
    console.log(`     ${name}: ${output.trim()}`);
  for (const title of tests.skipped) console.log(`     skipped, which counts as failed: ${title}`);
}
