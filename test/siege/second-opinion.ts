import { withDatabase } from '../harness/embedded-database.js';
import { waitFor } from '../harness/wait-for.js';
import type { Posted } from './evidence.js';
import { findBackwards } from './order.js';
import { reader, readTopics, type TopicRecord } from './read-topics.js';
import type { Measured } from './stronghold.js';

const prefix = 'parley.';
/** As long as everything may take that recovers. */
const relayMs = 60_000;
const topics = ['channel.events', 'channel.commands', 'conversation.updates'];

interface Place {
  readonly brokers: readonly string[];
  readonly home: string;
}

/** What the topics hold, read by a program that is not ours, against what was answered 200 and what PostgreSQL has. */
export async function readSecondOpinion({ brokers, home }: Place, posted: readonly Posted[]): Promise<Measured> {
  const names = topics.map((topic) => `${prefix}${topic}`);
  const restedMs = await untilRelayed(home);
  const records = await readTopics(brokers, names);
  const found = compareTopics({ records, posted, stored: await readStoredMids(home), logged: await readLogged(home) });
  return {
    ...found,
    lines: [...found.lines, `relay    at rest ${(restedMs / 1000).toFixed(1)} s after everything else`],
  };
}

/** Who was killed in the end has the relay of its partitions in its hands until its leases run out. What is missing later is told by name. */
async function untilRelayed(home: string): Promise<number> {
  const from = performance.now();
  const sql = `select not exists (
    select from log_records l left join consumer_positions c
      on c.consumer_group = 'relay' and c.topic = l.topic and c.partition = l.partition
    where l.topic = any($1) and (c.position is null or c.position <= l."offset")) as "isDone"`;
  await withDatabase(home, (database) =>
    waitFor(
      'everything to be relayed',
      async () => (await database.query<{ isDone: boolean }>(sql, [topics]))[0]?.isDone,
      relayMs,
    ),
  ).catch(() => undefined);
  return performance.now() - from;
}

export interface TopicEvidence {
  readonly records: readonly TopicRecord[];
  /** Answered 200. */
  readonly posted: readonly Posted[];
  /** The mids of what customers wrote, by PostgreSQL. */
  readonly stored: ReadonlySet<string>;
  /** The values of PostgreSQL's log, each under `topic/partition sequence`. */
  readonly logged: ReadonlyMap<string, string>;
}

export function compareTopics({ records, posted, stored, logged }: TopicEvidence): Measured {
  const texts = textsIn(records);
  const fresh = [...new Map(texts.map((text) => [text.mid, text])).values()];
  const found = new Set(fresh.map(({ mid }) => mid));
  const relayed = records.filter(({ sequence }) => sequence !== undefined);
  return {
    lines: [
      `topics   read by ${reader}: ${fresh.length} texts of ${posted.length}, ${texts.length - fresh.length} repeats; ${logged.size} records of PostgreSQL's log relayed, ${relayed.length - logged.size} repeats`,
    ],
    complaints: [
      ...differences(new Set(posted.map(({ mid }) => mid)), found, 'channel.events'),
      ...differences(stored, found, 'channel.events, by PostgreSQL'),
      ...findBackwards(fresh).map((step) => `${step} in channel.events`),
      ...checkRelayed(relayed, logged),
    ],
  };
}

interface Text {
  readonly mid: string;
  readonly name: string;
  readonly conversationId: string;
}

interface Received {
  readonly type: string;
  readonly conversation_id: string;
  readonly payload: { readonly source_message_id?: string; readonly content?: { readonly text?: string } };
}

/** The numbered ones. */
function textsIn(records: readonly TopicRecord[]): Text[] {
  return records
    .filter(({ topic, value }) => topic === `${prefix}channel.events` && value.includes('"m_siege_'))
    .map(({ value }) => JSON.parse(value) as Received)
    .filter(({ type }) => type === 'message.received')
    .map(({ conversation_id: conversationId, payload: { source_message_id: mid = '', content } }) => ({
      ...{ mid, conversationId },
      name: content?.text ?? '',
    }));
}

function differences(wanted: ReadonlySet<string>, found: ReadonlySet<string>, where: string): string[] {
  return [
    ...[...wanted].filter((name) => !found.has(name)).map((name) => `${name} is not in ${where}`),
    ...[...found].filter((name) => !wanted.has(name)).map((name) => `${name} is in ${where}, and should not be`),
  ];
}

async function readStoredMids(home: string): Promise<Set<string>> {
  const sql = `select source_message_id as mid from messages where source_message_id like 'm\\_siege\\_%'`;
  const rows = await withDatabase(home, (database) => database.query<{ mid: string }>(sql));
  return new Set(rows.map(({ mid }) => mid));
}

/** What was appended in transactions, each under its place. */
async function readLogged(home: string): Promise<Map<string, string>> {
  const sql = `select $2 || topic as topic, partition, "offset"::integer as sequence, value from log_records where topic = any($1)`;
  const rows = await withDatabase(home, (database) =>
    database.query<TopicRecord & Record<string, unknown>>(sql, [topics, prefix]),
  );
  return new Map(rows.map((row) => [placeOf(row), row.value]));
}

function placeOf({ topic, partition, sequence }: TopicRecord): string {
  return `${topic}/${partition} ${sequence}`;
}

/** Each sequence comes first behind the one before it; after that it may come again. */
function checkRelayed(relayed: readonly TopicRecord[], logged: ReadonlyMap<string, string>): string[] {
  const next = new Map<string, number>();
  const complaints: string[] = [];
  for (const record of relayed) {
    const { topic, partition, sequence = 0, value } = record;
    const lane = `${topic}/${partition}`;
    const expected = next.get(lane) ?? 0;
    if (sequence > expected) complaints.push(`${placeOf(record)} was relayed before ${expected}`);
    if (logged.get(placeOf(record)) !== value) complaints.push(`${placeOf(record)} is not what PostgreSQL has there`);
    next.set(lane, Math.max(expected, sequence + 1));
  }
  const found = new Set(relayed.map(placeOf));
  return [
    ...complaints,
    ...[...logged.keys()].filter((place) => !found.has(place)).map((place) => `${place} was never relayed`),
  ];
}
