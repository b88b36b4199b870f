import { Fortress } from './fortress.js';
import { readKafkaSettings } from './kafka-settings.js';
import { rolePerProcess } from './role-per-process.js';
import { runSiege } from './run-siege.js';

const settings = readKafkaSettings(process.env['PARLEY_SIEGE']);

/** The short form; `npm run test:faults -- kafka` is the long one. */
describe(`a siege of one process per role on ${settings.brokers > 0 ? 'Kafka' : 'PostgreSQL'}`, () => {
  const fortress = new Fortress({ brokers: settings.brokers, earlier: process.env['PARLEY_SIEGE_FROM'] });

  afterAll(() => fortress.close(), 60_000);

  it(
    'loses, doubles and reorders nothing, sends nothing twice, and nothing is stuck',
    async () => {
      const isWell = await runSiege(settings, rolePerProcess(fortress, settings), (text) => {
        process.stdout.write(text);
      });
      expect(isWell).toBe(true);
    },
    settings.limitMs,
  );
});
