import { Facebook } from './facebook.js';
import { startSimulator } from '../src/start-simulator.js';
import { runReadme } from './run-readme.js';

it('every command of the README does what it says', async () => {
  const simulator = await startSimulator({ logLevel: 'silent' });
  const { answers, curls } = await runReadme(simulator.url);
  const { webhooks, sends } = await new Facebook(simulator.url).state();
  await simulator.close();

  expect(curls).toBeGreaterThan(35);
  expect(answers).toHaveLength(curls);
  const notDelivered = webhooks.filter(({ outcome }) => outcome !== 'delivered');
  // The README subscribes its page to everything else; its bot believes the forged webhook.
  expect(notDelivered).toMatchObject([{ field: 'response_feedback', outcome: 'not_subscribed' }]);
  expect(sends.every(({ outcome }) => outcome === 'accepted')).toBe(true);
  const script = answers.find((answer) => 'script_id' in answer);
  expect(script).toMatchObject({ state: 'finished', counts: { finished: 3, failed: 0 } });
});
