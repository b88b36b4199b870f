import type { Database } from '#libs/database';
import { takeSteps, type Consumer } from '../consuming/consumer-positions.js';
import { OutOfStepError, stepsOf } from '../consuming/steps.js';
import type { LogRecord, Subscription } from '../event-log.js';
import type { LogContext } from '../postgres/log-context.js';
import { openSubscription } from '../postgres/open-subscription.js';
import { createSqlSource } from '../postgres/sql-source.js';
import type { KafkaSender } from './kafka-sender.js';
import { messageOf } from './record-message.js';
import { within } from './within.js';

/** A group like others: retention waits for it, its lag is shown. */
export const relayGroup = 'relay';
const sendWithinMs = 5_000;
const maxBatch = 500;

export interface RelayOptions {
  readonly context: LogContext;
  readonly topic: string;
  readonly topicName: string;
  readonly sender: KafkaSender;
  readonly ensure: () => Promise<void>;
}

/**
 * Copies what was appended in transactions to Kafka, partition by partition, in order: the next batch goes out when the last
 * one is written and noted. Two who do the same do no harm, for a sequence is only ever followed by itself or the next one.
 */
export async function openRelay(options: RelayOptions): Promise<Subscription> {
  const { context, topic, topicName, sender, ensure } = options;
  const { database, partitions } = context;
  const consumer = { group: relayGroup, topic };
  const pass = async (batch: readonly LogRecord[]): Promise<void> => {
    await ensure();
    const epoch = database.history.token();
    const messages = batch.map((record) =>
      messageOf({ ...record, topic: topicName }, { sequence: record.offset, epoch }),
    );
    await within(sendWithinMs, 'take what is relayed', sender.send(messages));
    await noteSteps(database, consumer, batch);
  };
  const source = createSqlSource({ database, consumer, partitions, pass });
  const subscription = await openSubscription(context, { consumer, maxBatch, source });
  return {
    health: () => subscription.health(),
    close: async () => {
      await subscription.close();
      await sender.close();
    },
  };
}

async function noteSteps(database: Database, consumer: Consumer, batch: readonly LogRecord[]): Promise<void> {
  const steps = stepsOf(batch);
  await database.transaction(async (transaction) => {
    const taken = await takeSteps(transaction, consumer, steps);
    if (steps.some(({ partition }) => !taken.has(partition)))
      throw new OutOfStepError('Somebody else has relayed meanwhile.');
  });
}
