import { groupBy } from '../consuming/group-by.js';
import type { NewRecord } from '../event-log.js';
import { createAppendBatcher, type Refusal } from '../postgres/append-batcher.js';
import { toStorable, type StorableRecord } from '../postgres/log-append.js';
import { isFaultOfSent } from './kafka-refusal.js';
import type { KafkaSender } from './kafka-sender.js';
import type { PlacedMessage } from './protocol/produce.js';
import { messageOf } from './record-message.js';

/** Facebook waits 5 s for its 200. */
const deadlineMs = 3_500;
const maxRows = 2_000;
/** Of a flush; three bytes a character at the most, and topics take batches of 8 MiB. */
const maxChars = 1_048_576;
const uuid = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;

export interface KafkaWriterOptions {
  readonly sender: KafkaSender;
  readonly partitions: number;
  readonly nameOf: (topic: string) => string;
  /** Resolves when the topic is there as it must be. */
  readonly ensure: (topic: string) => Promise<void>;
}

export interface KafkaWriter {
  /** Throws at records that no log can hold. */
  append(records: readonly NewRecord[]): Promise<void>;
  drain(): Promise<void>;
}

/** One batch in flight: what arrives meanwhile goes into the next. More at a time would cost the order and bring nothing. */
export function createKafkaWriter({ sender, partitions, nameOf, ensure }: KafkaWriterOptions): KafkaWriter {
  const batcher = createAppendBatcher({
    write: async (records) => {
      const byTopic = groupBy(records, ({ topic }) => topic);
      await Promise.all([...byTopic.keys()].map(ensure));
      await sender.send([...byTopic].flatMap(([topic, ofTopic]) => messagesOf(nameOf(topic), ofTopic)));
    },
    judge: judgeRefusal,
    paceMs: 0,
    deadlineMs,
    maxRows,
    maxChars,
  });
  return {
    append: (records) => {
      for (const { workspaceId } of records) {
        if (!uuid.test(workspaceId)) throw new TypeError('A record needs the id of its workspace.');
      }
      return batcher.append(records.map((record) => toStorable(record, partitions)));
    },
    drain: () => batcher.drain(),
  };
}

function messagesOf(topic: string, records: readonly StorableRecord[]): readonly PlacedMessage[] {
  return records.map(({ partition, key, workspaceId, headers, value }) =>
    messageOf({ topic, partition, key, workspaceId, headers, value }),
  );
}

function judgeRefusal(error: unknown): Refusal {
  return isFaultOfSent(error) ? 'record' : 'unknown';
}
