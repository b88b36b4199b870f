import type { Queryable, Transaction } from '#libs/database';
import { deadLetterSuffix, originalOf } from '../consuming/dead-letter.js';
import type { EventLog, LogRecord } from '../event-log.js';
import { columns, toRecord, type RecordRow } from '../postgres/read-log.js';
import { topicsKept } from './topics-kept.js';

/** Beyond it the exact number helps nobody. */
const maxCounted = 10_000;

export interface DeadLetterCount {
  readonly topic: string;
  readonly count: number;
}

/** A record that could not be passed, with what became of it since. */
export interface DeadLetter {
  readonly record: LogRecord;
  readonly ageSeconds: number;
  readonly outcome: 'replayed' | 'dismissed' | null;
  readonly endedAt: Date | null;
}

interface DeadLetterRow extends RecordRow {
  readonly age_seconds: number;
  readonly outcome: DeadLetter['outcome'];
  readonly ended_at: Date | null;
}

export interface DeadLetterFilter {
  /** The dead-letter topic or its origin. */
  readonly topic?: string | undefined;
  /** Also those that were replayed or dismissed. */
  readonly withEnded: boolean;
  readonly limit: number;
}

export interface DeadLetterKey {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const selected = `${columns}, extract(epoch from clock_timestamp() - l.appended_at)::float8 as age_seconds, e.outcome, e.ended_at
  from log_records l left join dead_letter_ends e using (topic, partition, "offset")`;

/** `topic/partition/offset`, as a person names it. */
export function deadLetterIdOf({ topic, partition, offset }: DeadLetterKey): string {
  return `${topic}/${partition}/${offset}`;
}

/** Those that nobody has dealt with, of each topic that has any kept or whose origin is read. */
export function countDeadLetters(database: Queryable): Promise<DeadLetterCount[]> {
  return database.query(
    `with recursive ${topicsKept}
     select t.topic, open.count from (
       select k.topic from topics_kept k where k.topic like '%' || $1
       union select c.topic || $1 from consumer_positions c
     ) t
     cross join lateral (
       select count(*)::integer as count from (
         select from log_records l left join dead_letter_ends e using (topic, partition, "offset")
         where l.topic = t.topic and e.outcome is null limit ${maxCounted}
       ) o
     ) open
     order by 1`,
    [deadLetterSuffix],
  );
}

/** Oldest first. */
export async function listDeadLetters(database: Queryable, filter: DeadLetterFilter): Promise<DeadLetter[]> {
  const { topic = '', withEnded, limit } = filter;
  const rows = await database.query<DeadLetterRow>(
    `with recursive ${topicsKept}
     select ${selected}
     where l.topic in (select t.topic from topics_kept t where t.topic like '%' || $1) and ($2 = '' or l.topic in ($2, $2 || $1))
       and ($3 or e.outcome is null)
     order by l.appended_at, l.topic, l.partition, l."offset" limit $4`,
    [deadLetterSuffix, topic, withEnded, limit],
  );
  return rows.map(toDeadLetter);
}

export async function findDeadLetter(database: Queryable, key: DeadLetterKey): Promise<DeadLetter | null> {
  if (!key.topic.endsWith(deadLetterSuffix)) return null;
  const rows = await database.query<DeadLetterRow>(
    `select ${selected} where l.topic = $1 and l.partition = $2 and l."offset" = $3`,
    [key.topic, key.partition, key.offset],
  );
  return rows.map(toDeadLetter)[0] ?? null;
}

/**
 * The record again at the end of its origin, and the mark that it was: one transaction. False: it was replayed or dismissed
 * before, and nothing was done.
 */
export async function replayDeadLetter(
  transaction: Transaction,
  log: Pick<EventLog, 'appendIn'>,
  { record }: DeadLetter,
  options: { readonly again: boolean },
): Promise<boolean> {
  const isOurs = options.again
    ? await endAgain(transaction, record, 'replayed')
    : await end(transaction, record, 'replayed');
  if (isOurs) log.appendIn(transaction, [originalOf(record)]);
  return isOurs;
}

/** Nobody will replay it: it counts no more and goes with the records of its age. False: it was dealt with before. */
export function dismissDeadLetter(transaction: Transaction, { record }: DeadLetter): Promise<boolean> {
  return end(transaction, record, 'dismissed');
}

/** Of two at once the second one waits here for the first, and finds its mark. */
async function end(sql: Queryable, key: DeadLetterKey, outcome: DeadLetter['outcome']): Promise<boolean> {
  const rows = await sql.query(
    `insert into dead_letter_ends (topic, partition, "offset", outcome) values ($1, $2, $3, $4)
     on conflict do nothing returning topic`,
    [key.topic, key.partition, key.offset, outcome],
  );
  return rows.length > 0;
}

async function endAgain(sql: Queryable, key: DeadLetterKey, outcome: DeadLetter['outcome']): Promise<boolean> {
  await sql.query(
    `insert into dead_letter_ends (topic, partition, "offset", outcome) values ($1, $2, $3, $4)
     on conflict (topic, partition, "offset") do update set outcome = excluded.outcome, ended_at = excluded.ended_at`,
    [key.topic, key.partition, key.offset, outcome],
  );
  return true;
}

function toDeadLetter(row: DeadLetterRow): DeadLetter {
  return { record: toRecord(row), ageSeconds: row.age_seconds, outcome: row.outcome, endedAt: row.ended_at };
}
