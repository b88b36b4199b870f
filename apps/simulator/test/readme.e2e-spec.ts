import { Facebook } from './facebook.js';
import { runReadme } from './run-readme.js';
import { startSimulator, type RunningSimulator } from '../src/start-simulator.js';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await startSimulator({ logLevel: 'silent' });
});

afterEach(() => simulator.close());

it('every command of the README does what it says', async () => {
  const { answers, curls } = await runReadme(simulator.url);
  const { webhooks, sends } = await new Facebook(simulator.url).state();

  expect(curls).toBeGreaterThan(35);
  expect(answers).toHaveLength(curls);
  const notDelivered = webhooks.filter(({ outcome }) => outcome !== 'delivered');
  // The README subscribes its page to everything else; its bot believes the forged webhook.
  expect(notDelivered).toMatchObject([{ field: 'response_feedback', outcome: 'not_subscribed' }]);
  expect(sends.every(({ outcome }) => outcome === 'accepted')).toBe(true);
  const script = answers.find((answer) => 'script_id' in answer);
  expect(script).toMatchObject({ state: 'finished', counts: { finished: 3, failed: 0 } });
});
