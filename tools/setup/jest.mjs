import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { runChild } from './child.mjs';
import { inRoot } from './root.mjs';

/** More than there are cores by one: suites wait more than they work. */
const workers = availableParallelism() + 1;
const results = '.cache/jest.json';

/** On this Node, or on that of `program`. Answers the exit code. */
export async function jest({ env = {}, program = process.execPath }, ...args) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runChild(
    program,
    [...flags, 'node_modules/jest/bin/jest.js', `--maxWorkers=${workers}`, ...args],
    { env: { ...process.env, ...env }, isShown: true },
  );
  return code;
}

/** Answers how many suites and tests there were, how many failed, and which were skipped. */
export async function runJest(where, ...args) {
  rmSync(inRoot(results), { force: true });
  return readTests(await jest(where, '--ci', '--json', `--outputFile=${results}`, ...args));
}

/** A suite that could not be loaded counts as one failure, and so does a jest that dies without a word. */
function readTests(code) {
  if (!existsSync(inRoot(results))) return { suites: 0, passed: 0, failed: 1, skipped: [] };
  const run = JSON.parse(readFileSync(inRoot(results), 'utf8'));
  const cases = run.testResults.flatMap((suite) => suite.assertionResults);
  const skipped = cases.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const failed = run.numFailedTests + run.numRuntimeErrorTestSuites;
  return {
    suites: run.numTotalTestSuites,
    passed: run.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: skipped.map(({ fullName }) => fullName),
  };
}
