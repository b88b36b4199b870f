import type { Database } from '#libs/database';
import type { Consumer } from '../consuming/consumer-positions.js';
import type { LogRecord } from '../event-log.js';
import type { HandOver } from './hand-over.js';

/** What the parts of one opened log share. */
export interface LogContext {
  readonly database: Database;
  readonly memberId: string;
  readonly partitions: number;
  readonly leaseMs: number;
  readonly handOver: HandOver;
  /** Hurry the memberships of a group, by the name that is announced. */
  readonly groupBells: Set<GroupBell>;
  /** How often this log has joined a group, by the name that is announced. */
  readonly joined: Map<string, number>;
  readonly announceGroup: (name: string) => void;
  readonly onProblem: (message: string, error?: unknown) => void;
  /** `record`: what it is about. */
  readonly onAlarm: (message: string, error?: unknown, record?: LogRecord) => void;
}

export interface GroupBell {
  readonly name: string;
  ring(): void;
}

export function tellDeadLetter({ onAlarm }: LogContext, { group, topic }: Consumer) {
  return (record: LogRecord, error: unknown): void => {
    onAlarm(`${group} dead-lettered ${topic}/${record.partition}/${record.offset}`, error, record);
  };
}
