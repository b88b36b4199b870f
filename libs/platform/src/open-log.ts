import type { KafkaConfig } from '#libs/config';
import type { Database } from '#libs/database';
import {
  openKafkaEventLog,
  openPostgresEventLog,
  type EventLog,
  type LogRecord,
  type NewRecord,
} from '#libs/event-log';
import { originOf, topics } from '#libs/messaging';
import { noMetrics, type Metrics } from '#libs/metrics';
import { noTracing, tagsOf, type Logger, type Tracing } from '#libs/observability';
import { countAppended } from './count-appended.js';
import { beginReading } from './trace-log.js';

export interface LogOptions {
  readonly logger: Logger;
  /** Default: none are kept. */
  readonly metrics?: Metrics;
  /** Default: off. */
  readonly tracing?: Tracing;
  /** null, or not told: the log is in PostgreSQL. */
  readonly kafka?: KafkaConfig | null;
  /** False: other processes copy to Kafka what is appended in transactions. */
  readonly relays?: boolean;
  /** A process of which others make something of what it appends. */
  readonly isOfUseWithoutKafka?: boolean;
  /** Default 7. */
  readonly logRetentionDays?: number;
  /** A name that outlives a restart, where only one process can bear it: it takes up its partitions again at once. */
  readonly memberId?: string;
  /** Kafka answers others and not this process, which should be replaced. */
  readonly onStuck?: (reason: string) => void;
}

/** Of which every record is appended in a transaction. */
const transactional = new Set<string>([topics.commands, topics.updates]);

/** In PostgreSQL, or in Kafka where one is configured; above it nobody knows. */
export function openLog(database: Database, options: LogOptions): Promise<EventLog> {
  const { logger, memberId, kafka = null, relays = true, logRetentionDays = 7, metrics = noMetrics } = options;
  const { isOfUseWithoutKafka = false, tracing = noTracing } = options;
  const common = {
    database,
    ...(memberId === undefined ? {} : { memberId, isAlone: true }),
    onProblem: (message: string, error?: unknown) => {
      logger.warn({ err: error }, message);
    },
    onAlarm: (message: string, error?: unknown, record?: LogRecord) => {
      if (record !== undefined) beginReading(tracing, record)?.end({ error: 'dead_letter' });
      logger.error(
        { err: error, ...tagsOf(originOf(record?.headers ?? {})), workspace_id: record?.workspaceId },
        message,
      );
    },
    onAppended: (records: readonly NewRecord[]) => {
      countAppended(metrics, records);
    },
  };
  if (kafka === null) return openPostgresEventLog(common);
  const { onStuck } = options;
  return openKafkaEventLog({
    ...common,
    kafka: { ...kafka, retentionDays: logRetentionDays },
    stuckAfterMs: kafka.stuckSeconds * 1_000,
    ...(onStuck === undefined ? {} : { onStuck }),
    topics: Object.values(topics),
    isTransactional: (topic) => transactional.has(topic),
    relays,
    isOfUseWithoutKafka,
  });
}
