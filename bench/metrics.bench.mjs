// What counting costs a message: `npm run bench -- metrics`. More than 2 µs would be too much on the hot path.
import { openMetrics } from '../dist/libs/metrics/src/index.js';

const rounds = 500_000;
const metrics = await openMetrics('bench');
const receivedAt = new Date().toISOString();

const told = {
  'a message became visible': () => metrics.visible((Date.now() - Date.parse(receivedAt)) / 1000),
  'a message was sent': () => metrics.sent(0.3),
  'a webhook request': () => metrics.webhook('accepted'),
  'an append of a topic': () => metrics.appended('channel.events', 3),
  'a call to the source': () => metrics.sourceCall({ source: 'facebook', outcome: 'accepted', seconds: 0.2 }),
  'a request': () => metrics.answered({ route: '/messages.send', status: 200, seconds: 0.01 }),
};
for (const [name, tell] of Object.entries(told)) {
  for (let round = 0; round < rounds / 5; round += 1) tell();
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) tell();
  console.log(`${name}: ${(((performance.now() - startedAt) / rounds) * 1000).toFixed(2)} µs`);
}
