/** Suites that want Kafka: they run by themselves (tools/setup/run-kafka-tests.mjs), and are said when they do not. */
export const kafkaSuites = '/kafka\\.([a-z-]+\\.)?(int|e2e|contract)-spec\\.ts$';
/** Those that stand between Kafka and us, or want a password of it: only a broker of our own lets them. */
export const kafkaDoorSuites = '/kafka\\.guards(-[a-z]+)?\\.(int|e2e)-spec\\.ts$';
/** Those that start several brokers: `npm run test:kafka -- --faults`. */
export const kafkaFaultSuites = '/kafka\\.faults\\.int-spec\\.ts$';

/** Those that start what they need by themselves, also in `npm test`. */
export const kafkaOwnSuites = '/kafka\\.siege\\.e2e-spec\\.ts$';

/** The broker that the suites of this run use, `host:port,host:port`. */
export function kafkaOfThisRun() {
  return process.env.PARLEY_TEST_KAFKA_BROKERS;
}
