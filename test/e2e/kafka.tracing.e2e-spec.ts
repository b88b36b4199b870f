import { openDataSource, openPgDatabase } from '#libs/database';
import { openKafkaEventLog, type LogRecord } from '#libs/event-log';
import { topics } from '#libs/messaging';
import { pathsOf } from '../harness/collector.js';
import { createTestKafka } from '../harness/test-kafka.js';
import { newTraceparent, TracedRoles } from '../harness/traced-roles.js';
import { waitFor } from '../harness/wait-for.js';

const webhook = 'ingester server POST /webhooks/facebook';
const read = `${webhook} > ingester producer append channel.events > projector consumer process channel.events`;
const announced = `${read} > projector producer append conversation.updates`;
const call = 'channels server POST /messages.send';
const woken = `${call} > channels producer append channel.commands > sender consumer process channel.commands`;
const result = `${call} > sender internal send turn > sender producer append channel.events`;
const settled = `${result} > projector consumer process channel.events > projector producer append conversation.updates`;

describe('a trace through Kafka', () => {
  const kafka = createTestKafka();
  let traced: TracedRoles;

  /** What Kafka itself holds: also of the topics that are relayed to it. */
  async function recordsInKafka(
    traceId: string,
    enough: (records: readonly LogRecord[]) => boolean,
  ): Promise<string[]> {
    const source = await openDataSource({ url: traced.database.url, poolSize: 2 });
    const database = openPgDatabase(source);
    const log = await openKafkaEventLog({
      ...{ database, kafka: { ...kafka, retentionDays: 7 }, topics: Object.values(topics), relays: false },
      isTransactional: () => false,
    });
    const records: LogRecord[] = [];
    const onRecord = (record: LogRecord): void => {
      if (record.headers['traceparent']?.includes(traceId) === true) records.push(record);
    };
    const read = [topics.events, topics.commands, topics.updates];
    const tails = await Promise.all(read.map((topic) => log.tail({ topic, from: 'earliest', onRecord })));
    await waitFor('the records', () => enough(records), 20_000);
    await Promise.all(tails.map((tail) => tail.close()));
    await log.close();
    await source.destroy();
    return records.map(({ topic, headers }) => `${topic} ${headers['traceparent'] ?? ''}`);
  }
  const appendedSpans = (traceId: string): string[] =>
    traced.collector
      .trace(traceId)
      .filter(({ kind }) => kind === 'producer')
      .map(({ name, spanId }) => `${name.replace('append ', '')} 00-${traceId}-${spanId}-01`);

  beforeAll(async () => {
    traced = await TracedRoles.start({
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TOPIC_PREFIX: kafka.topicPrefix,
    });
    await traced.facebook.change({ echo: 'off', delivery: 'off', read: 'off' });
  }, 90_000);

  afterAll(async () => {
    await traced.stop();
  });

  it('is in the headers of every record that came of a webhook and of a send', async () => {
    const [incoming, outgoing] = [newTraceparent(), newTraceparent()];
    const psid = await traced.newCustomer();
    await traced.deliver({ psid, traceparent: incoming.traceparent });
    const { id } = await traced.conversationWith(psid);
    await traced.client.sendText(id, 'hello', { traceparent: outgoing.traceparent });

    const wanted = { [incoming.traceId]: [read, announced], [outgoing.traceId]: [woken, settled] };
    for (const [traceId, paths] of Object.entries(wanted))
      await waitFor(
        paths.join('\n'),
        () => {
          const found = pathsOf(traced.collector.trace(traceId));
          return paths.every((path) => found.includes(path));
        },
        20_000,
      );
    for (const traceId of Object.keys(wanted)) {
      const appended = appendedSpans(traceId);
      const records = await recordsInKafka(traceId, ({ length }) => length >= appended.length);
      // one that was written twice is the same record: readers drop it
      expect([...new Set(records)].sort()).toEqual(appended.sort());
    }
    expect(
      appendedSpans(outgoing.traceId)
        .map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(['channel.commands', 'channel.events', 'conversation.updates', 'conversation.updates']);
  }, 90_000);
});
