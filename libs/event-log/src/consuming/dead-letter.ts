import type { LogRecord, NewRecord } from '../event-log.js';
import { describeError } from './describe-error.js';

const maxReasonLength = 1_000;

export const deadLetterSuffix = '.dead-letter';
/** Names the dead letter that a record was replayed from. */
const replayedFrom = 'replayed-from';

export interface Failure {
  readonly group: string;
  readonly error: unknown;
  readonly attempts: number;
}

export function deadLetterOf(record: LogRecord, { group, error, attempts }: Failure): NewRecord {
  const { topic, key, workspaceId, value, headers, partition, offset } = record;
  return {
    topic: `${topic}${deadLetterSuffix}`,
    key,
    workspaceId,
    value,
    headers: {
      ...headers,
      'dead-letter-reason': describeError(error).slice(0, maxReasonLength),
      'dead-letter-origin': `${topic}/${partition}/${offset}`,
      'dead-letter-attempts': String(attempts),
      'dead-letter-group': group,
    },
  };
}

/** The record as it was, for its origin; the same key brings it into the same partition. */
export function originalOf({ topic, key, workspaceId, value, headers, partition, offset }: LogRecord): NewRecord {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith('dead-letter-'));
  return {
    topic: topic.slice(0, -deadLetterSuffix.length),
    key,
    workspaceId,
    value,
    headers: { ...Object.fromEntries(own), [replayedFrom]: `${topic}/${partition}/${offset}` },
  };
}
