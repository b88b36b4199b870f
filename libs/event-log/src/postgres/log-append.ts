import { binaryArray, type LastStatement } from '#libs/database';
import type { LogRecord, NewRecord } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import { checkRecordSize } from '../record-size.js';

/** Cannot occur raw in JSON; `log_append`, which others may call, joins its lists by it. */
const separator = '\u001e';
const loneSurrogates = /\p{Surrogate}/gu;

/** A record as PostgreSQL gives it back: checked, well-formed, with its partition. */
export interface StorableRecord extends NewRecord {
  readonly partition: number;
  readonly headersText: string;
}

export interface AppendedLane {
  readonly appended_topic: string;
  readonly appended_partition: number;
  readonly first_offset: number;
  readonly appended_at: Date;
}

export function toStorable(record: NewRecord, partitions: number): StorableRecord {
  const { topic, key, workspaceId, headers } = record;
  for (const text of [topic, key, workspaceId, record.value]) {
    if (text === '') throw new TypeError('A record needs a topic, a key, a workspace and a value.');
    if (text.includes('\u0000') || text.includes(separator))
      throw new TypeError('A record cannot hold U+0000 or U+001E raw.');
  }
  const headersText = JSON.stringify(headers);
  checkRecordSize(topic, [key, headersText, record.value]);
  return {
    topic,
    key: wellFormed(key),
    workspaceId,
    headers,
    value: wellFormed(record.value),
    partition: partitionOf(key, partitions),
    headersText,
  };
}

export function appendStatement(records: readonly StorableRecord[]): Pick<LastStatement, 'sql' | 'parameters'> {
  const { lanes, laneOf, places } = lanesOf(records);
  const topics = lanes.map(({ topic }) => topic);
  const partitions = lanes.map(({ partition }) => partition);
  const texts = (pick: (record: StorableRecord) => string): Buffer => binaryArray('text', records.map(pick));
  const workspaces = records.map(({ workspaceId }) => workspaceId);
  return {
    sql: { name: 'log_append_lanes', text: 'select * from log_append_lanes($1, $2, $3, $4, $5, $6, $7, $8)' },
    parameters: [
      ...[binaryArray('text', topics), binaryArray('integer', partitions)],
      ...[binaryArray('integer', laneOf), binaryArray('integer', places)],
      ...[texts(({ key }) => key), binaryArray('uuid', workspaces)],
      ...[texts(({ headersText }) => headersText), texts(({ value }) => value)],
    ],
  };
}

interface Lanes {
  readonly lanes: readonly Pick<StorableRecord, 'topic' | 'partition'>[];
  /** Of each record: its lane, from 1, and how many of the lane are before it. */
  readonly laneOf: readonly number[];
  readonly places: readonly number[];
}

function lanesOf(records: readonly StorableRecord[]): Lanes {
  const known = new Map<
    string,
    { readonly topic: string; readonly partition: number; number: number; length: number }
  >();
  const laneOf: number[] = [];
  const places: number[] = [];
  for (const { topic, partition } of records) {
    const name = laneName(topic, partition);
    const lane = known.get(name) ?? { topic, partition, number: known.size + 1, length: 0 };
    known.set(name, lane);
    laneOf.push(lane.number);
    places.push(lane.length);
    lane.length += 1;
  }
  return { lanes: [...known.values()], laneOf, places };
}

/** The records with the offsets that the commit gave them: per topic and partition, in the order of the append. */
export function placeRecords(records: readonly StorableRecord[], rows: readonly AppendedLane[]): readonly LogRecord[] {
  const lanes = new Map(
    rows.map((row) => [
      laneName(row.appended_topic, row.appended_partition),
      { next: row.first_offset, appendedAt: row.appended_at },
    ]),
  );
  const placed: LogRecord[] = [];
  for (const { topic, partition, key, workspaceId, headers, value } of records) {
    const lane = lanes.get(laneName(topic, partition));
    if (lane === undefined) continue;
    const { next: offset, appendedAt } = lane;
    lane.next += 1;
    placed.push({ topic, key, workspaceId, headers, value, partition, offset, appendedAt });
  }
  return placed;
}

function laneName(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

/** What UTF-8 makes of it anyway; without this the hand-over in memory would differ from what is read back. */
function wellFormed(text: string): string {
  return text.replace(loneSurrogates, '\uFFFD');
}
