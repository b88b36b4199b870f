import type { LogRecord, NewRecord } from '../event-log.js';
import type { PlacedMessage } from './protocol/produce.js';
import type { FetchedRecord } from './protocol/read-record-batches.js';

const workspaceHeader = 'workspace-id';
/** Offset in the log that the record was relayed from, and the stretch of that log's history. */
const sequenceHeader = 'sequence';
const epochHeader = 'log-epoch';

/** Of a record that was appended in a transaction: its place in PostgreSQL's log. */
export interface RelayedFrom {
  readonly sequence: number;
  readonly epoch: string;
}

type PlacedRecord = NewRecord & { readonly partition: number };

export function messageOf(record: PlacedRecord, relayed?: RelayedFrom): PlacedMessage {
  const { topic, partition, key, value, workspaceId } = record;
  // of a dead letter that is replayed: it says where it once was
  const own = withoutPlace(record.headers);
  const headers: Record<string, string> = { ...own, [workspaceHeader]: workspaceId };
  if (relayed !== undefined) {
    headers[sequenceHeader] = String(relayed.sequence);
    headers[epochHeader] = relayed.epoch;
  }
  return { topic, partition, key, value, headers };
}

export function recordOf(topic: string, partition: number, fetched: FetchedRecord): LogRecord {
  const { [workspaceHeader]: workspaceId = '', ...headers } = fetched.headers;
  const { key, value, offset, timestamp } = fetched;
  return { topic, key, workspaceId, headers, value, partition, offset, appendedAt: new Date(timestamp) };
}

export function relayedFrom({ headers }: Pick<LogRecord, 'headers'>): RelayedFrom | undefined {
  const { [sequenceHeader]: sequence, [epochHeader]: epoch = '' } = headers;
  return sequence === undefined ? undefined : { sequence: Number(sequence), epoch };
}

/** The record as it is in PostgreSQL's log. */
export function originalOf(record: LogRecord, { sequence }: RelayedFrom): LogRecord {
  return { ...record, headers: withoutPlace(record.headers), offset: sequence };
}

function withoutPlace(headers: LogRecord['headers']): LogRecord['headers'] {
  if (!(sequenceHeader in headers)) return headers;
  const others = Object.entries(headers).filter(([name]) => name !== sequenceHeader && name !== epochHeader);
  return Object.fromEntries(others);
}
