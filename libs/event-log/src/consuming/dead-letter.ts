import type { LogRecord, NewRecord } from '../event-log.js';
import { describeError } from './describe-error.js';

const maxReasonLength = 1_000;

export interface Failure {
  readonly group: string;
  readonly error: unknown;
  readonly attempts: number;
}

export function deadLetterOf(record: LogRecord, { group, error, attempts }: Failure): NewRecord {
  const { topic, key, workspaceId, value, headers, partition, offset } = record;
  return {
    topic: `${topic}.dead-letter`,
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
