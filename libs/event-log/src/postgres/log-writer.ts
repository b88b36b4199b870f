import { sqlState, type Database, type Transaction } from '#libs/database';
import type { LogRecord, NewRecord } from '../event-log.js';
import { isFaultOfRecord } from '../fault-of-record.js';
import { createAppendBatcher, type Refusal } from './append-batcher.js';
import { appendStatement, placeRecords, toStorable, type AppendedLane, type StorableRecord } from './log-append.js';

/** Facebook waits 5 s for its 200. */
const deadlineMs = 3_500;
const maxRows = 2_000;
const maxChars = 4_194_304;
const paceMs = 2;

/** Rolled back for certain, so the statement may go out again: a lock not had in time, a conflict, a deadlock. */
const rolledBack = new Set(['55P03', '40001', '40P01']);

const collected = Symbol('records that appear with the commit');

export interface LogWriterOptions {
  readonly database: Database;
  readonly partitions: number;
  /** The records are committed and stand at these offsets. */
  readonly appended: (records: readonly LogRecord[]) => void;
}

export interface LogWriter {
  append(records: readonly NewRecord[]): Promise<void>;
  readonly appendIn: (transaction: Transaction, records: readonly NewRecord[]) => void;
  drain(): Promise<void>;
}

export function createLogWriter({ database, partitions, appended }: LogWriterOptions): LogWriter {
  const batcher = createAppendBatcher({
    write: async (records) => {
      const { sql, parameters } = appendStatement(records);
      appended(placeRecords(records, await database.query<AppendedLane>(sql, parameters)));
    },
    judge: judgeRefusal,
    paceMs,
    deadlineMs,
    maxRows,
    maxChars,
  });
  const prepare = (records: readonly NewRecord[]): StorableRecord[] =>
    records.map((record) => toStorable(record, partitions));

  return {
    append: async (records) => {
      await batcher.append(prepare(records));
    },
    appendIn: (transaction, records) => {
      const storable = prepare(records);
      const before = transaction.local.get(collected) as StorableRecord[] | undefined;
      if (before !== undefined) {
        for (const record of storable) before.push(record);
        return;
      }
      transaction.local.set(collected, storable);
      transaction.last(() => {
        if (storable.length === 0) return null;
        return {
          ...appendStatement(storable),
          committed: (rows) => {
            appended(placeRecords(storable, rows as unknown as readonly AppendedLane[]));
          },
        };
      });
    },
    drain: () => batcher.drain(),
  };
}

export function judgeRefusal(error: unknown): Refusal {
  if (rolledBack.has(sqlState(error) ?? '')) return 'again';
  return isFaultOfRecord(error) ? 'record' : 'unknown';
}
