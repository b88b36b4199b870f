export type {
  BatchHandler,
  EventLog,
  Lag,
  LogRecord,
  NewRecord,
  Positions,
  ReadRange,
  SubscribeOptions,
  Subscription,
  Tail,
  TailOptions,
  TopicRange,
} from './event-log.js';
export { PoisonError } from './poison-error.js';
export { openPostgresEventLog, type PostgresEventLogOptions } from './postgres/open-postgres-event-log.js';
