// Owns Kafka brokers as long as its standard input is open: whoever started it may end in any way, kill -9 included, and
// the brokers are gone with their data. Answers in lines of JSON; takes orders as {"order": "kill", "broker": 2},
// or [1, 2].
//   node kafka-owner.mjs [--brokers=<n>] [--version=<v>] [--jvm=server]
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startKafka } from './cluster.mjs';

const { values } = parseArgs({
  options: { brokers: { type: 'string', default: '1' }, version: { type: 'string' }, jvm: { type: 'string' } },
});
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// Nobody may be reading any more.
process.stdout.on('error', () => undefined);
// Ctrl-C reaches the whole process group; whoever started us says when it is over.
process.on('SIGINT', () => undefined);

try {
  const kafka = await startKafka({ brokers: Number(values.brokers), version: values.version, jvm: values.jvm });
  say({ servers: kafka.servers, doors: kafka.doors, safe: kafka.safe });
  const orders = createInterface({ input: process.stdin });
  // an input that is only destroyed ends no loop over its lines
  process.once('SIGTERM', () => orders.close());
  for await (const line of orders) {
    const { order, broker } = JSON.parse(line);
    // several at once: one alone makes no quorum
    await Promise.all([broker].flat().map((each) => kafka[order](each)));
    say({ done: order });
  }
  await kafka.stop();
} catch (error) {
  say({ error: error.message });
  process.exitCode = 1;
}
