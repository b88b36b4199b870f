import type { Database, Transaction } from '#libs/database';
import { takeSteps, type Consumer } from '../consuming/consumer-positions.js';
import { deadLetterOf } from '../consuming/dead-letter.js';
import { describeError } from '../consuming/describe-error.js';
import { OutOfStepError, stepsOf } from '../consuming/steps.js';
import { UnansweredError } from '../consuming/unanswered-error.js';
import type { LogRecord, Subscription } from '../event-log.js';
import { tellDeadLetter, type LogContext } from '../postgres/log-context.js';
import type { LogWriter } from '../postgres/log-writer.js';
import { openSubscription } from '../postgres/open-subscription.js';
import { createSqlSource } from '../postgres/sql-source.js';
import { isAnswer, isFaultOfSent } from './kafka-refusal.js';
import type { KafkaSender } from './kafka-sender.js';
import type { PlacedMessage } from './protocol/produce.js';
import { messageOf } from './record-message.js';
import type { Watchdog } from './watchdog.js';
import { within } from './within.js';

/** A group like others: retention waits for it, its lag is shown. */
export const relayGroup = 'relay';
const sendWithinMs = 5_000;
/** A batch waits for three answers, whatever it holds: with 500 a projector with a backlog outran its relay, which then read all by SQL. */
const maxBatch = 2_000;

export interface RelayOptions {
  readonly context: LogContext;
  readonly topic: string;
  readonly topicName: string;
  readonly openSender: () => KafkaSender;
  readonly ensure: () => Promise<void>;
  readonly appendIn: LogWriter['appendIn'];
  readonly watchdog: Watchdog;
}

/**
 * Copies what was appended in transactions to Kafka, partition by partition, in order: the next batch goes out when the last
 * one is written and noted. Two who do the same do no harm, for a sequence is only ever followed by itself or the next one.
 */
export async function openRelay(options: RelayOptions): Promise<Subscription> {
  const { context, topic, watchdog } = options;
  const { database, partitions } = context;
  const consumer = { group: relayGroup, topic };
  const out = openWayOut(options);
  const pass = (batch: readonly LogRecord[]): Promise<void> => passOn(options, out, batch);
  const source = createSqlSource({ database, consumer, partitions, pass });
  const subscription = await openSubscription(context, { consumer, maxBatch, maxUnderWay: 1, source });
  const watched = {
    name: `The relay of ${topic}`,
    unansweredMs: subscription.unansweredMs,
    askAnew: out.sendAnew,
  };
  watchdog.watch(watched);
  return {
    health: () => subscription.health(),
    close: async () => {
      watchdog.forget(watched);
      await subscription.close();
      await out.close();
    },
  };
}

interface WayOut {
  send(batch: readonly LogRecord[]): Promise<void>;
  /** What went out last, by another producer: its readers know a repeat. */
  readonly sendAnew: () => Promise<void>;
  close(): Promise<void>;
}

function openWayOut({ context, topicName, openSender, ensure }: RelayOptions): WayOut {
  const { history } = context.database;
  const sender = openSender();
  let last: readonly PlacedMessage[] = [];
  return {
    send: async (batch) => {
      const epoch = history.token();
      last = batch.map((record) => messageOf({ ...record, topic: topicName }, { sequence: record.offset, epoch }));
      try {
        await ensure();
        await within(sendWithinMs, 'take what is relayed', sender.send(last));
      } catch (error) {
        throw isAnswer(error) ? error : new UnansweredError(describeError(error), { cause: error });
      }
    },
    sendAnew: async () => {
      const other = openSender();
      try {
        await other.send(last);
      } finally {
        void other.close();
      }
    },
    close: () => sender.close(),
  };
}

/** What Kafka takes from nobody is set aside, so that what is behind it goes on. */
async function passOn(options: RelayOptions, out: WayOut, batch: readonly LogRecord[]): Promise<void> {
  const { context, topic } = options;
  const consumer = { group: relayGroup, topic };
  try {
    await out.send(batch);
  } catch (error) {
    if (!isFaultOfSent(error)) throw error;
    const [record, ...others] = batch;
    if (others.length > 0) {
      const middle = Math.ceil(batch.length / 2);
      await passOn(options, out, batch.slice(0, middle));
      await passOn(options, out, batch.slice(middle));
    } else if (record !== undefined) {
      const letter = deadLetterOf(record, { group: relayGroup, error, attempts: 1 });
      await noteSteps(context.database, consumer, batch, (transaction) => {
        options.appendIn(transaction, [letter]);
      });
      tellDeadLetter(context, consumer)(record, error);
    }
    return;
  }
  await noteSteps(context.database, consumer, batch);
}

async function noteSteps(
  database: Database,
  consumer: Consumer,
  batch: readonly LogRecord[],
  also: (transaction: Transaction) => void = () => undefined,
): Promise<void> {
  const steps = stepsOf(batch);
  await database.transaction(async (transaction) => {
    const taken = await takeSteps(transaction, consumer, steps);
    if (steps.some(({ partition }) => !taken.has(partition)))
      throw new OutOfStepError('Somebody else has relayed meanwhile.');
    also(transaction);
  });
}
