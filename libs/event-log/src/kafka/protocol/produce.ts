import type { Exchange } from 'kafkajs/src/network/connectionPool.js';
import { groupBy } from '../../consuming/group-by.js';
import { exchangeOf, requestOf } from './exchange.js';
import { ProtocolReader } from './protocol-reader.js';
import { writeRecordBatch, type BatchRecord } from './write-record-batch.js';

/** A record as Kafka gets it. */
export interface PlacedMessage extends BatchRecord {
  readonly topic: string;
  readonly partition: number;
}

/** What goes to one partition, in its order. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BatchRecord[];
}

export interface ProduceAnswer {
  readonly partitions: readonly ProducedPartition[];
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  /** https://kafka.apache.org/protocol#protocol_error_codes; 0: written. */
  readonly errorCode: number;
}

/** All copies that are in sync, and how long the broker waits for them. */
const acks = -1;
const ackTimeoutMs = 3_000;
const int64Bytes = 8;

/** Version 7, which both Kafka 3.9 and 4 speak: https://kafka.apache.org/protocol#The_Messages_Produce. `timestamp`: Unix milliseconds. */
export function produceExchange(batches: readonly PartitionRecords[], timestamp: number): Exchange<ProduceAnswer> {
  const buffer = writeRequest(batches, timestamp);
  return exchangeOf(requestOf({ apiKey: 0, apiVersion: 7, apiName: 'Produce' }, buffer), readAnswer);
}

export function byPartition(messages: readonly PlacedMessage[]): readonly PartitionRecords[] {
  const byTopic = groupBy(messages, ({ topic }) => topic);
  return [...byTopic].flatMap(([topic, ofTopic]) =>
    [...groupBy(ofTopic, ({ partition }) => partition)].map(([partition, records]) => ({ topic, partition, records })),
  );
}

function writeRequest(batches: readonly PartitionRecords[], timestamp: number): Buffer {
  const byTopic = groupBy(batches, ({ topic }) => topic);
  // no transaction
  const parts = [int16(-1), int16(acks), int32(ackTimeoutMs), int32(byTopic.size)];
  for (const [topic, ofTopic] of byTopic) {
    parts.push(int16(Buffer.byteLength(topic)), Buffer.from(topic), int32(ofTopic.length));
    for (const { partition, records } of ofTopic) {
      const batch = writeRecordBatch(records, timestamp);
      parts.push(int32(partition), int32(batch.length), batch);
    }
  }
  return Buffer.concat(parts);
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function readAnswer(payload: Buffer): ProduceAnswer & { readonly clientSideThrottleTime: number } {
  const reader = new ProtocolReader(payload);
  const topics = reader.list(() => {
    const topic = reader.text(reader.int16());
    return reader.list(() => {
      const written = { topic, partition: reader.int32(), errorCode: reader.int16() };
      // offset and time that it was given, start of the log
      reader.skip(3 * int64Bytes);
      return written;
    });
  });
  return { partitions: topics.flat(), clientSideThrottleTime: reader.int32() };
}
