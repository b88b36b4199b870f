import { stopAll } from '../harness/start-product.js';
import { oneProcess } from './one-process.js';
import { runSiege } from './run-siege.js';
import { readSettings } from './siege-settings.js';

const settings = readSettings(process.env['PARLEY_SIEGE']);

/** The short form; `npm run test:faults` is the long one. */
describe('a siege: killed and frozen at random instants, under load', () => {
  afterAll(stopAll);

  it(
    'loses, doubles and reorders nothing, sends nothing twice, and nothing is stuck',
    async () => {
      const isWell = await runSiege(settings, oneProcess(settings), (text) => {
        process.stdout.write(text);
      });
      expect(isWell).toBe(true);
    },
    settings.limitMs,
  );
});
