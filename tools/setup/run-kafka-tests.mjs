import { readdirSync } from 'node:fs';
import { versions, whyNoKafka } from '../kafka/assemble.mjs';
import { kafkaFaultSuites, kafkaSuites } from '../kafka/kafka-suites.mjs';
import { startKafkaOwner } from '../kafka/start-kafka-owner.mjs';
import { runJest } from './jest.mjs';
import { inRoot } from './root.mjs';
import { giveUp, step } from './step.mjs';

/** Those of `npm test`, by their paths. */
export function filesOfKafka() {
  const files = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true }).map((file) => `/${folder}/${file}`),
  );
  return files.filter((file) => new RegExp(kafkaSuites).test(file)).map((file) => file.slice(1));
}

/** `{tests}`, or `{reason}` why there were none. Uses the brokers of KAFKA_BROKERS, else starts one for as long as it takes. */
export async function testOnKafka({
  version = versions[4],
  args = ['--testPathIgnorePatterns', kafkaFaultSuites],
} = {}) {
  const given = process.env.KAFKA_BROKERS ?? '';
  const run = (servers) => runOn({ PARLEY_TEST_KAFKA_BROKERS: servers, PARLEY_TEST_KAFKA_VERSION: version }, args);
  if (given !== '') return run(given);
  const reason = whyNoKafka(version);
  // who asked for everything to be decided here must hear that it was not
  if (reason !== undefined) return { reason, tests: process.env.CI === 'true' ? [failure] : undefined };
  let own;
  try {
    own = await step(`\nStarting Kafka ${version} for the suites that want one`, () => startKafkaOwner({ version }));
    return await run(own.servers);
  } catch (error) {
    return { reason: error.message, tests: [failure] };
  } finally {
    await own?.stop();
  }
}

async function runOn(env, args) {
  return { tests: [await runJest(env, '--testPathPatterns', kafkaSuites, ...args)] };
}

const failure = { suites: 0, passed: 0, failed: 1, skipped: [] };

/** `npm run test:kafka -- --version=3.9.2 --faults <what Jest takes>`; without arguments as in `npm test`. */
export async function runKafkaTests(given) {
  const wanted = given.find((argument) => argument.startsWith('--version='))?.slice('--version='.length);
  const rest = given.filter((argument) => !argument.startsWith('--version=') && argument !== '--faults');
  const withoutFaults = given.includes('--faults') ? [] : ['--testPathIgnorePatterns', kafkaFaultSuites];
  const version = versions[wanted] ?? wanted;
  const { reason, tests = [] } = await testOnKafka({ version, args: [...withoutFaults, ...rest] });
  if (reason !== undefined) giveUp(`The Kafka suites were not run: ${reason}.`);
  process.exitCode = tests.every(({ failed, skipped }) => failed + skipped.length === 0) ? 0 : 1;
}
