import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { findServerPrograms, startServerPostgres } from '../../test/server-postgres.mjs';
import { slowDiskSuites, whyNoSlowDisk } from '../../test/slow-disk/slow-disk.mjs';
import { runChild } from './child.mjs';
import { findImageNode, imageMajor } from './image-node.mjs';
import { inRoot } from './root.mjs';
import { verify } from './verify.mjs';

/** More than there are cores by one: suites wait more than they work. */
const workers = availableParallelism() + 1;
const jestResults = '.cache/jest.json';
/** Of the embedded PostgreSQL's own life, or without any database: a second run of them on a server would say nothing new. */
const notOfServers = [
  '\\.spec\\.ts$',
  'apps/simulator/',
  slowDiskSuites,
  'embedded-postgres|place-binaries|owner-lock',
  'e2e/(crash|crowd|early-start|outage|points|refusals|restore|restore-roles|spool|standalone)\\.',
  'siege\\.e2e',
];
/** What would tell of another Node first: all that is pure, and the main line from end to end. */
const shortForm = [
  '(apps|libs)/.*/src/.*\\.spec\\.ts$',
  'e2e/(standalone|roles|sends|stream|guide-000-messenger-bot|guide-002-airy-facebook)\\.',
];
/** Read by .ci/run: {passed, failed}. */
const report = '.cache/test-report.json';

/** With arguments they go to jest and nothing else runs; without, everything that CI runs. */
export async function runTests(args) {
  process.exitCode = args.length > 0 ? await jest(...args) : await runEverything();
}

async function runEverything() {
  mkdirSync(inRoot('.cache'), { recursive: true });
  for (const file of [jestResults, report]) rmSync(inRoot(file), { force: true });
  const embedded = readTests(await jest('--ci', '--json', `--outputFile=${jestResults}`));
  const server = await testOnServer();
  const onImageNode = await testOnImageNode();
  const tests = together([embedded, ...[server, onImageNode.tests].filter((run) => run !== undefined)]);
  const checks = await verify();
  const count = (state) => checks.filter((check) => check.state === state).length;
  const passed = tests.passed + count('passed');
  const failed = tests.failed + tests.skipped.length + count('failed');
  summarise(tests, checks);
  if (server === undefined)
    console.log('     suites on a PostgreSQL server: none is installed here (npm run test:server)');
  if (onImageNode.reason !== undefined) console.log(`     short form on Node ${imageMajor}: ${onImageNode.reason}`);
  writeFileSync(inRoot(report), JSON.stringify({ passed, failed }));
  return failed === 0 ? 0 : 1;
}

/** The suites again, on a PostgreSQL as it is packaged for servers. Undefined: there is none on this machine. */
async function testOnServer() {
  const found = findServerPrograms();
  if (found === undefined) return undefined;
  console.log(`\nThe suites that use a database, on PostgreSQL ${found.major} as DATABASE_URL:`);
  rmSync(inRoot(jestResults), { force: true });
  const server = await startServerPostgres(found);
  try {
    const ignored = notOfServers.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]);
    const args = ['--ci', '--json', `--outputFile=${jestResults}`, ...ignored];
    return readTests(await jestOn({ env: { PARLEY_TEST_POSTGRES_URL: server.url } }, ...args));
  } finally {
    await server.stop();
  }
}

async function testOnImageNode() {
  const { program, version, reason } = await findImageNode();
  if (program === undefined) return { reason };
  console.log(`\nThe short form on Node ${version}, which the images run on:`);
  rmSync(inRoot(jestResults), { force: true });
  const args = ['--ci', '--json', `--outputFile=${jestResults}`, ...shortForm];
  return { tests: readTests(await jestOn({ program }, ...args)) };
}

export async function runServerTests() {
  const tests = await testOnServer();
  if (tests === undefined) {
    console.error(
      'There is no PostgreSQL server to start here; name a running one in PARLEY_TEST_POSTGRES_URL and run: npm test -- --ci',
    );
    process.exitCode = 1;
    return;
  }
  process.exitCode = tests.failed + tests.skipped.length === 0 ? 0 : 1;
}

function together(runs) {
  const sum = (name) => runs.reduce((total, run) => total + run[name], 0);
  return {
    suites: sum('suites'),
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: runs.flatMap(({ skipped }) => skipped),
  };
}

function jest(...args) {
  return jestOn({}, ...args);
}

async function jestOn({ env = {}, program = process.execPath }, ...args) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { code } = await runChild(
    program,
    [...flags, 'node_modules/jest/bin/jest.js', `--maxWorkers=${workers}`, ...args],
    { env: { ...process.env, ...env }, isShown: true },
  );
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

function sayWithoutSlowDisk() {
  const reason = whyNoSlowDisk();
  if (reason === undefined) return;
  const files = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true }).map((file) => `${folder}/${file}`),
  );
  for (const file of files.filter((name) => new RegExp(slowDiskSuites).test(name)))
    console.log(`     ${file}: ${reason}`);
}

function summarise(tests, checks) {
  console.log(`\nRun: ${tests.suites} test suites (${tests.passed} tests passed, ${tests.failed} failed)`);
  console.log(`     ${checks.length} checks: ${checks.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
  console.log('Not run:');
  console.log('     suites on a real Kafka: there are none yet');
  sayWithoutSlowDisk();
  for (const { name, output } of checks.filter(({ state }) => state === 'not run'))
    console.log(`     ${name}: ${output.trim()}`);
  for (const title of tests.skipped) console.log(`     skipped, which counts as failed: ${title}`);
}
