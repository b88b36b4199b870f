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
export { isFaultOfRecord } from './fault-of-record.js';
export { PoisonError } from './poison-error.js';
export { listGroups } from './consuming/consumer-positions.js';
export {
  countDeadLetters,
  deadLetterIdOf,
  dismissDeadLetter,
  findDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  type DeadLetter,
  type DeadLetterCount,
} from './operating/dead-letters.js';
export { trimLog } from './operating/trim-log.js';
export { openKafkaEventLog, type KafkaEventLogOptions } from './open-kafka.js';
export { openPostgresEventLog, type PostgresEventLogOptions } from './postgres/open-postgres-event-log.js';
