import { readdirSync } from 'node:fs';
import { versions, whyNoKafka } from '../kafka/assemble.mjs';
import { kafkaDoorSuites, kafkaFaultSuites, kafkaOwnSuites, kafkaSuites } from '../kafka/kafka-suites.mjs';
import { startKafkaOwner } from '../kafka/start-kafka-owner.mjs';
import { runJest } from './jest.mjs';
import { inRoot } from './root.mjs';
import { giveUp, step } from './step.mjs';

const failure = { suites: 0, passed: 0, failed: 1, skipped: [] };

/**
 * `{tests, notRun}`: what was run, and lines of what was not. Uses the brokers of KAFKA_BROKERS, else starts one for as long
 * as it takes, as far as it can be had here.
 */
export async function testOnKafka({ version = versions[4], withFaults = false, args = [] } = {}) {
  const ignored = withFaults ? [] : [kafkaFaultSuites];
  const given = process.env.KAFKA_BROKERS ?? '';
  if (given !== '') {
    const env = { PARLEY_TEST_KAFKA_BROKERS: given };
    const left = [kafkaDoorSuites, kafkaOwnSuites];
    const why = left.flatMap(filesOf).map((file) => `${file}: not on brokers that KAFKA_BROKERS names`);
    return { tests: [await runOn(env, [...ignored, ...left], args)], notRun: why };
  }
  const reason = whyNoKafka(version);
  if (reason === undefined) return testOnOwnKafka(version, ignored, args);
  // where everything is to be decided, it must be heard that it was not
  return {
    tests: process.env.CI === 'true' ? [failure] : [],
    notRun: filesOf(kafkaSuites).map((file) => `${file}: ${reason}`),
  };
}

async function testOnOwnKafka(version, ignored, args) {
  let own;
  try {
    own = await step(`\nStarting Kafka ${version} for the suites that want it`, () => startKafkaOwner({ version }));
    const env = {
      PARLEY_TEST_KAFKA_BROKERS: own.servers,
      PARLEY_TEST_KAFKA_DOORS: JSON.stringify(own.doors),
      PARLEY_TEST_KAFKA_SAFE: JSON.stringify(own.safe),
      PARLEY_TEST_KAFKA_VERSION: version,
    };
    return { tests: [await runOn(env, ignored, args)], notRun: [] };
  } catch (error) {
    return { tests: [failure], notRun: filesOf(kafkaSuites).map((file) => `${file}: ${error.message}`) };
  } finally {
    await own?.stop();
  }
}

function runOn(env, ignored, args) {
  const patterns = ignored.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]);
  return runJest({ env }, '--testPathPatterns', args.length > 0 ? args.join('|') : kafkaSuites, ...patterns);
}

function filesOf(pattern) {
  const files = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true }).map((file) => `/${folder}/${file}`),
  );
  return files.filter((file) => new RegExp(pattern).test(file)).map((file) => file.slice(1));
}

/** `npm run test:kafka -- --version=3 --faults <paths>`; without arguments as in `npm test`. */
export async function runKafkaTests(given) {
  const wanted = given.find((argument) => argument.startsWith('--version='))?.slice('--version='.length);
  const args = given.filter((argument) => !argument.startsWith('--'));
  const version = versions[wanted] ?? wanted;
  const { tests, notRun } = await testOnKafka({ version, withFaults: given.includes('--faults'), args });
  if (tests.length === 0) giveUp(`Not run:\n${notRun.join('\n')}`);
  for (const line of notRun) console.log(`Not run: ${line}`);
  process.exitCode = tests.every(({ failed, skipped }) => failed + skipped.length === 0) ? 0 : 1;
}
