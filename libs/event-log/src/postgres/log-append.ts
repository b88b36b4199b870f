import type { LastStatement } from '#libs/database';
import type { LogRecord, NewRecord } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import { checkRecordSize } from '../record-size.js';

/** 0x1e joins the lists that `log_append` takes; it cannot occur raw in JSON. */
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
  const list = (pick: (record: StorableRecord) => string | number): string => records.map(pick).join(separator);
  return {
    sql: { name: 'log_append', text: 'select * from log_append($1, $2, $3, $4, $5, $6)' },
    parameters: [
      list(({ topic }) => topic),
      list(({ partition }) => partition),
      list(({ key }) => key),
      list(({ workspaceId }) => workspaceId),
      list(({ headersText }) => headersText),
      list(({ value }) => value),
    ],
  };
}

/** The records with the offsets that the commit gave them: per topic and partition, in the order of the append. */
export function placeRecords(records: readonly StorableRecord[], rows: readonly AppendedLane[]): readonly LogRecord[] {
  const lanes = new Map(
    rows.map((row) => [
      laneName(row.appended_topic, row.appended_partition),
      { next: row.first_offset, appendedAt: row.appended_at },
    ]),
  );
  return records.flatMap(({ headersText: _, ...record }) => {
    const lane = lanes.get(laneName(record.topic, record.partition));
    if (lane === undefined) return [];
    const offset = lane.next;
    lane.next += 1;
    return [{ ...record, offset, appendedAt: lane.appendedAt }];
  });
}

function laneName(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

/** What UTF-8 makes of it anyway; without this the hand-over in memory would differ from what is read back. */
function wellFormed(text: string): string {
  return text.replace(loneSurrogates, '\uFFFD');
}
