import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { findServerPrograms, startServerPostgres } from '../../test/server-postgres.mjs';
import { kafkaSuites } from '../kafka/kafka-suites.mjs';
import { slowDiskSuites, whyNoSlowDisk } from '../../test/slow-disk/slow-disk.mjs';
import { ensureTools } from '../packaging/packaging-tools.mjs';
import { findImageNode, imageMajor } from './image-node.mjs';
import { jest, runJest } from './jest.mjs';
import { inRoot } from './root.mjs';
import { testOnKafka } from './run-kafka-tests.mjs';
import { verify } from './verify.mjs';

/** Of the embedded PostgreSQL's own life, or without any database: a second run of them on a server would say nothing new. */
const notOfServers = [
  '\\.spec\\.ts$',
  'apps/simulator/',
  slowDiskSuites,
  kafkaSuites,
  'embedded-postgres|place-binaries|owner-lock',
  'e2e/(crash|crowd|early-start|outage|points|refusals|restore|restore-roles|spool|standalone)\\.',
  'siege\\.e2e',
  'test/image/',
];
/** Words and readers, the same on every PostgreSQL: on a server `npm run test:server` runs them too. */
const notEachTime =
  'e2e/(both-streams|clocks|contacts|content|guide-.*|lists|log-lines|once|openapi|outage-secrets|secrets|silent-page|source-apps|thin-line|token|windows)\\.';
/** What would tell of another Node first: all that is pure, and the main line from end to end. */
const shortForm = [
  '(apps|libs)/.*/src/.*\\.spec\\.ts$',
  'e2e/(standalone|roles|sends|stream|guide-000-messenger-bot|guide-002-airy-facebook)\\.',
  'test/image/',
];
/** Read by .ci/run: {passed, failed}. */
const report = '.cache/test-report.json';

/** With arguments they go to jest and nothing else runs; without, everything that CI runs. */
export async function runTests(args) {
  process.exitCode = args.length > 0 ? await jest({}, ...args) : await runEverything();
}

async function runEverything() {
  mkdirSync(inRoot('.cache'), { recursive: true });
  rmSync(inRoot(report), { force: true });
  const embedded = await runJest({});
  const server = await testOnServer([...notOfServers, notEachTime]);
  const kafka = await testOnKafka();
  const onImageNode = await testOnImageNode();
  const tests = together([embedded, ...[server, onImageNode.tests, ...kafka.tests].filter((run) => run !== undefined)]);
  await ensureTools({ onlyQuick: true });
  const checks = await verify();
  const count = (state) => checks.filter((check) => check.state === state).length;
  const passed = tests.passed + count('passed');
  const failed = tests.failed + tests.skipped.length + count('failed');
  summarise(tests, checks);
  for (const line of kafka.notRun) console.log(`     ${line}`);
  if (server === undefined)
    console.log('     suites on a PostgreSQL server: none is installed here (npm run test:server)');
  else console.log('     suites of words and readers on the PostgreSQL server (npm run test:server runs all)');
  if (onImageNode.reason !== undefined) console.log(`     short form on Node ${imageMajor}: ${onImageNode.reason}`);
  writeFileSync(inRoot(report), JSON.stringify({ passed, failed }));
  return failed === 0 ? 0 : 1;
}

/** The suites again, on a PostgreSQL as it is packaged for servers. Undefined: there is none on this machine. */
async function testOnServer(without = notOfServers) {
  const found = findServerPrograms();
  if (found === undefined) return undefined;
  console.log(`\nThe suites that use a database, on PostgreSQL ${found.major} as DATABASE_URL:`);
  const server = await startServerPostgres(found);
  try {
    const ignored = without.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]);
    return await runJest({ env: { PARLEY_TEST_POSTGRES_URL: server.url } }, ...ignored);
  } finally {
    await server.stop();
  }
}

async function testOnImageNode() {
  const { program, version, reason } = await findImageNode();
  if (program === undefined) return { reason };
  console.log(`\nThe short form on Node ${version}, which the images run on:`);
  return { tests: await runJest({ program }, ...shortForm) };
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

function sayWithoutSlowDisk() {
  const reason = whyNoSlowDisk();
  if (reason === undefined) return;
  const files = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true }).map((file) => `${folder}/${file}`),
  );
  for (const file of files.filter((name) => new RegExp(slowDiskSuites).test(name)))
    console.log(`     ${file}: ${reason}`);
  console.log(`     the slow disk of test/siege: ${reason}`);
}

function summarise(tests, checks) {
  console.log(`\nRun: ${tests.suites} test suites (${tests.passed} tests passed, ${tests.failed} failed)`);
  console.log(`     ${checks.length} checks: ${checks.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
  console.log('Not run:');
  sayWithoutSlowDisk();
  for (const { name, output } of checks.filter(({ state }) => state === 'not run'))
    console.log(`     ${name}: ${output.trim()}`);
  for (const title of tests.skipped) console.log(`     skipped, which counts as failed: ${title}`);
}
