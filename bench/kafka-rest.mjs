// Whether everything is at rest on Kafka: its own word on the ends of its topics, against our positions in PostgreSQL.
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { countUncopied, countUnread, sum } from './kafka-backlog.mjs';

const prefix = 'parley.';
/** Who reads what from Kafka. */
const groups = { projector: 'channel.events', sender: 'channel.commands' };
/** Records are appended to these in transactions, and copied to Kafka. */
const copied = ['channel.events', 'channel.commands', 'conversation.updates', 'channel.unrouted'];
const restsWithinMs = 60_000;

const positions = `select partition, coalesce(kafka_offset, 0)::float8 as next from consumer_positions
  where consumer_group = $1 and topic = $2`;
const lanes = `select l.partition, max(l."offset")::float8 + 1 as "end", coalesce(max(c.position), 0)::float8 as next
  from log_records l left join consumer_positions c
    on c.consumer_group = 'relay' and c.topic = l.topic and c.partition = l.partition
  where l.topic = $1 group by l.partition`;
const waitingEffects = 'select count(*)::integer as n from waiting_effects';
const deadLetters = `select count(*)::integer as n from log_records where topic like '%.dead-letter'`;

export async function openRest({ database, kafka }) {
  const client = new pg.Client({ connectionString: database.url });
  // who is waiting for an answer hears of it
  client.on('error', () => undefined);
  await client.connect();
  const admin = new Kafka({ clientId: 'bench', brokers: kafka.servers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const ask = async (sql, values) => (await client.query(sql, values)).rows;
  const look = async () => ({
    'not read': await unread(ask, admin),
    'not relayed': await uncopied(ask, admin),
    'waiting effects': (await ask(waitingEffects))[0].n,
    'dead letters': (await ask(deadLetters))[0].n,
  });
  return {
    look,
    /** As it is when nothing is left, or after a minute. */
    untilRest: async () => {
      const until = performance.now() + restsWithinMs;
      let found = await look();
      while (sum(Object.values(found)) > 0 && performance.now() < until) {
        await delay(100);
        found = await look();
      }
      return found;
    },
    close: () => Promise.all([client.end(), admin.disconnect()]),
  };
}

/** Positions are asked for before the ends, which may only grow meanwhile. */
async function unread(ask, admin) {
  const counts = Object.entries(groups).map(async ([group, topic]) => {
    const rows = await ask(positions, [group, topic]);
    return countUnread(await endsOf(admin, topic), new Map(rows.map(({ partition, next }) => [partition, next])));
  });
  return sum(await Promise.all(counts));
}

async function uncopied(ask, admin) {
  const counts = copied.map(async (topic) => countUncopied(await ask(lanes, [topic]), await endsOf(admin, topic)));
  return sum(await Promise.all(counts));
}

async function endsOf(admin, topic) {
  const offsets = await admin.fetchTopicOffsets(`${prefix}${topic}`);
  return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
}
