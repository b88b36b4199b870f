import type { BatchHandler, EventLog, LogRecord, NewRecord } from '#libs/event-log';
import { readTraceparent, type Span, type Tracing } from '#libs/observability';

type Traced = Pick<NewRecord, 'topic' | 'headers'>;

/**
 * A span for each record that is appended, and for each that is read, where the record bears a trace; what comes of it bears
 * the span. A record without one begins none: traces begin at the doors. What was rolled back is told by nobody, for
 * it did not happen. https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function traceLog(log: EventLog, tracing: Tracing): EventLog {
  if (!tracing.isOn) return log;
  return {
    ...log,
    append: async (records) => {
      const appended = beginAll(records, (record) => beginAppending(tracing, record));
      try {
        await log.append(appended.records);
        appended.end();
      } catch (error) {
        appended.end(error instanceof Error ? error.name : 'failed');
        throw error;
      }
    },
    appendIn: (transaction, records) => {
      const appended = beginAll(records, (record) => beginAppending(tracing, record));
      transaction.afterCommit(appended.end);
      log.appendIn(transaction, appended.records);
    },
    subscribe: (group, topic, handler, options) =>
      log.subscribe(
        group,
        topic,
        traceHandler(handler, (record) => beginReading(tracing, record, group)),
        options,
      ),
  };
}

function traceHandler(handler: BatchHandler, begin: (record: LogRecord) => Span | undefined): BatchHandler {
  return (transaction, records) => {
    const read = beginAll(records, begin);
    transaction.afterCommit(read.end);
    return handler(transaction, read.records);
  };
}

interface BegunSpans<Record extends Traced> {
  /** As they were, each with its own span where there is one. */
  readonly records: readonly Record[];
  readonly end: (error?: string) => void;
}

function beginAll<Record extends Traced>(
  records: readonly Record[],
  begin: (record: Record) => Span | undefined,
): BegunSpans<Record> {
  const spans: Span[] = [];
  const traced = records.map((record) => {
    const span = begin(record);
    if (span?.traceparent === undefined) return record;
    spans.push(span);
    return { ...record, headers: { ...record.headers, traceparent: span.traceparent } };
  });
  return {
    records: traced,
    end: (error) => {
      for (const span of spans) span.end({ error });
    },
  };
}

function beginAppending(tracing: Tracing, record: NewRecord): Span | undefined {
  const { topic, headers } = record;
  const parent = readTraceparent(headers['traceparent']);
  if (parent === undefined) return undefined;
  const operation = { 'messaging.operation.type': 'send', 'messaging.operation.name': 'append' };
  return tracing.begin({
    name: `append ${topic}`,
    kind: 'producer',
    parent,
    attributes: { ...operation, ...attributesOf(record) },
  });
}

/** `group`: who reads it. */
export function beginReading(tracing: Tracing, record: LogRecord, group?: string): Span | undefined {
  const { topic, headers, partition } = record;
  const parent = readTraceparent(headers['traceparent']);
  if (parent === undefined) return undefined;
  const operation = { 'messaging.operation.type': 'process', 'messaging.operation.name': 'process' };
  return tracing.begin({
    name: `process ${topic}`,
    kind: 'consumer',
    parent,
    attributes: {
      ...operation,
      ...attributesOf(record),
      'messaging.destination.partition.id': String(partition),
      'messaging.consumer.group.name': group,
    },
  });
}

function attributesOf({ topic, headers }: Traced): Readonly<Record<string, string | undefined>> {
  return {
    'messaging.system': 'parley',
    'messaging.destination.name': topic,
    'parley.event_type': headers['event-type'],
  };
}
