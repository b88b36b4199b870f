import { randomUUID } from 'node:crypto';
import { historyStore, type Database } from '#libs/database';
import { takeSteps } from '../consuming/consumer-positions.js';
import { passBatch, type BatchPasser } from '../consuming/pass-batch.js';
import type { EventLog, LogRecord, Subscription } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import { checkHealth } from './check-health.js';
import { HandOver } from './hand-over.js';
import { tellDeadLetter, type GroupBell, type LogContext } from './log-context.js';
import { settlePartitions } from './log-partitions.js';
import { createLogReaders, type WantedSubscription } from './log-readers.js';
import { createLogWriter, type LogWriter } from './log-writer.js';
import { openNotifier, ownNotifier, type Announcement, type Notifier } from './notifier.js';
import { openSubscription } from './open-subscription.js';
import { openTail } from './open-tail.js';
import { groupLag, readRange, topicRange } from './read-log.js';
import { createSqlSource } from './sql-source.js';

export interface PostgresEventLogOptions {
  /** Stays open when the log is closed. */
  readonly database: Database;
  /** Default: what the first start settled, else 8. Another number than that refuses to start. */
  readonly partitions?: number;
  /** Default: a random name. */
  readonly memberId?: string;
  /** No other process appends or reads here as a rule: nobody is woken, and what a command appends the poll finds. */
  readonly isAlone?: boolean;
  /** NOTIFY channel, the same for all processes of the installation. Default `parley_log`. */
  readonly channel?: string;
  /** How long a silent member keeps its partitions, by PostgreSQL's clock. Default 8,000. */
  readonly leaseMs?: number;
  /** What passes by itself, for the logger. */
  readonly onProblem?: (message: string, error?: unknown) => void;
  /** What needs a person: a dead letter, a partition or a tail that stopped. */
  readonly onAlarm?: LogContext['onAlarm'];
  /** Told after each commit of this process what it appended. Must not throw. */
  readonly onAppended?: (records: readonly LogRecord[]) => void;
}

/**
 * Whoever dies is replaced within 10 s: two of them are left to open the partitions and read what came meanwhile. Shorter takes the
 * partitions of who is merely slow: of the signs of life, every 1.6 s, one may get no answer of PostgreSQL for 3 s, and the next one has 3 s.
 */
const defaultLeaseMs = 8_000;

/** On a schema that was migrated. */
export async function openPostgresEventLog(options: PostgresEventLogOptions): Promise<EventLog> {
  return assembleLog(await openLogParts(options));
}

/** What the other adapter is built of, too: what is appended in transactions is appended here. */
export async function openLogParts(options: PostgresEventLogOptions): Promise<LogParts> {
  const { database, memberId = randomUUID(), channel = 'parley_log', leaseMs = defaultLeaseMs } = options;
  const { onProblem = ignore, onAlarm = onProblem, onAppended = ignore } = options;
  const partitions = await settlePartitions(database, options.partitions);
  const handOver = new HandOver();
  const groupBells = new Set<GroupBell>();
  const heard = ({ topics, groups }: Announcement): void => {
    handOver.suspectMore(topics);
    for (const bell of groupBells) if (groups?.includes(bell.name) ?? true) bell.ring();
  };
  const { isAlone = false } = options;
  const notifier = isAlone ? ownNotifier(heard) : await openNotifier({ database, channel, sender: memberId, heard });
  const appended = (records: readonly LogRecord[]): void => {
    handOver.offer(records);
    onAppended(records);
    notifier.announce({ topics: [...new Set(records.map(({ topic }) => topic))], groups: [] });
  };
  const announceGroup = (name: string): void => {
    notifier.announce({ topics: [], groups: [name] });
  };
  const told = { announceGroup, onProblem, onAlarm };
  const joined = new Map<string, number>();
  const context = { database, memberId, partitions, leaseMs, handOver, groupBells, joined, ...told };
  const writer = createLogWriter({ database, partitions, appended });
  return { context, writer, notifier };
}

const ignore = (): void => undefined;

export interface LogParts {
  readonly context: LogContext;
  readonly writer: LogWriter;
  readonly notifier: Notifier;
}

export function assembleLog({ context, writer, notifier }: LogParts): EventLog {
  const { database, partitions } = context;
  const readers = createLogReaders({
    subscribe: (wanted) => subscribeBySql(context, writer, wanted),
    tail: (options) => openTail(context, options),
  });
  let isClosed = false;
  return {
    partitions,
    partitionOf: (key) => partitionOf(key, partitions),
    epoch: () => database.history.token(),
    knowsEpoch: (epoch) => historyStore.knows(database, epoch),
    onRestored: (told) => {
      database.history.onRestored(told);
    },
    append: (records) => (isClosed ? Promise.reject(new Error('The log is closed.')) : writer.append(records)),
    appendIn: writer.appendIn,
    subscribe: readers.subscribe,
    tail: readers.tail,
    read: (range) => readRange(database, range),
    range: (topic) => topicRange(database, topic, partitions),
    lag: (group, topic) => groupLag(database, { group, topic }, partitions),
    health: () => checkHealth(database),
    close: async () => {
      isClosed = true;
      await readers.close();
      await writer.drain();
      await notifier.close();
    },
  };
}

function subscribeBySql(
  context: LogContext,
  { appendIn }: LogWriter,
  { group, topic, handler, maxBatch }: WantedSubscription,
): Promise<Subscription> {
  const { database, partitions } = context;
  const consumer = { group, topic };
  const passer: BatchPasser = {
    ...{ database, consumer, handler, appendIn },
    take: (transaction, steps) => takeSteps(transaction, consumer, steps),
    deadLettered: tellDeadLetter(context, consumer),
  };
  const source = createSqlSource({ database, consumer, partitions, pass: (batch) => passBatch(passer, batch) });
  return openSubscription(context, { consumer, maxBatch, source });
}
