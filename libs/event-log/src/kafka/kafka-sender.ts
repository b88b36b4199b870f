import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { groupBy } from '../consuming/group-by.js';
import { retry } from './kafka-settings.js';
import type { TopicMessage } from './record-message.js';

/** Sends whose answer leaves something out follow one another this often, then the send has failed. */
const maxRounds = 20;
const ackTimeoutMs = 3_000;

export interface KafkaSender {
  /** Resolves when all are written. One at a time: a send that began before and has no answer yet is given up. */
  send(messages: readonly TopicMessage[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * One producer, made again after everything that may have come of a dead or frozen connection. `idempotent` stays off:
 * kafkajs counts wrongly where sends overlap (docs/adr/0015), and what is written twice is dropped by its readers.
 */
export function createKafkaSender(kafka: Kafka): KafkaSender {
  let opened: Promise<Producer> | undefined;
  let running: symbol | undefined;

  const drop = (): Promise<void> => {
    const old = opened;
    opened = undefined;
    return old === undefined ? Promise.resolve() : old.then((producer) => producer.disconnect()).catch(ignore);
  };

  return {
    send: async (messages) => {
      if (running !== undefined) void drop();
      const mine = Symbol('send');
      running = mine;
      try {
        opened ??= openProducer(kafka);
        const producer = await opened;
        await sendAll(producer, messages, () => running === mine);
      } catch (error) {
        if (running === mine) void drop();
        throw error;
      } finally {
        if (running === mine) running = undefined;
      }
    },
    close: async () => {
      running = undefined;
      await drop();
    },
  };
}

async function openProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    retry,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  return producer;
}

/**
 * kafkajs answers "written" for records that it gave to nobody, when a leader failed under a batch that spans several. But
 * the answer names the partitions that were written: what it does not name is sent again.
 */
async function sendAll(
  producer: Pick<Producer, 'sendBatch'>,
  messages: readonly TopicMessage[],
  isWanted: () => boolean,
): Promise<void> {
  let left = messages;
  for (let round = 0; left.length > 0; round += 1) {
    if (!isWanted()) throw new Error('The send was given up: Kafka did not answer in time.');
    if (round === maxRounds) throw new Error('Kafka left out some of the records again and again.');
    const answer = await producer.sendBatch({ acks: -1, timeout: ackTimeoutMs, topicMessages: byTopic(left) });
    const written = new Set(answer.map(({ topicName, partition }) => `${partition} ${topicName}`));
    left = left.filter(({ topic, message }) => !written.has(`${message.partition} ${topic}`));
  }
}

function byTopic(messages: readonly TopicMessage[]): TopicMessages[] {
  return [...groupBy(messages, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ message }) => message),
  }));
}

const ignore = (): void => undefined;
