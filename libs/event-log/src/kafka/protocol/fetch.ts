import type { Exchange } from 'kafkajs/src/network/connectionPool.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import { exchangeOf } from './exchange.js';
import { ProtocolReader } from './protocol-reader.js';
import { readRecordBatches, type FetchedRecord } from './read-record-batches.js';

export interface WantedLane {
  readonly partition: number;
  /** The offset to begin at. */
  readonly next: number;
}

export interface FetchAnswer {
  readonly partitions: readonly FetchedPartition[];
}

export interface FetchedPartition {
  readonly partition: number;
  /** There is nothing at the offset that was asked for. */
  readonly isOutOfRange: boolean;
  readonly records: readonly FetchedRecord[];
}

/** Of one partition and of one answer, in bytes; a record that is larger comes alone. */
const maxLaneBytes = 1_048_576;
const maxBytes = 8_388_608;
/** https://kafka.apache.org/protocol#protocol_error_codes; 0: none. */
const outOfRangeCode = 1;
const int64Bytes = 8;
const abortedBytes = 16;

/** Version 11, which both Kafka 3.9 and 4 speak: https://kafka.apache.org/protocol#The_Messages_Fetch. */
export function fetchExchange(topic: string, lanes: readonly WantedLane[], waitMs: number): Exchange<FetchAnswer> {
  const partitions = lanes.map(({ partition, next }) => ({
    partition,
    fetchOffset: String(next),
    maxBytes: maxLaneBytes,
  }));
  const request = fetchRequest({
    ...{ replicaId: -1, maxWaitTime: waitMs, minBytes: 1, maxBytes },
    topics: [{ topic, partitions }],
  });
  return exchangeOf(request, readAnswer);
}

/** Throws on any refusal but that of the offset: it may be that of an old leader. */
function readAnswer(payload: Buffer): FetchAnswer & { readonly clientSideThrottleTime: number } {
  const reader = new ProtocolReader(payload);
  const clientSideThrottleTime = reader.int32();
  refuse(reader.int16());
  // session
  reader.skip(4);
  const topics = reader.list(() => {
    reader.skip(reader.int16());
    return reader.list(() => readPartition(reader));
  });
  return { partitions: topics.flat(), clientSideThrottleTime };
}

function readPartition(reader: ProtocolReader): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  // high watermark, last stable offset, start of the log
  reader.skip(3 * int64Bytes);
  reader.list(() => reader.skip(abortedBytes));
  // the replica that it would rather be asked
  reader.skip(4);
  const batches = reader.bytes(reader.int32());
  const isOutOfRange = errorCode === outOfRangeCode;
  if (!isOutOfRange) refuse(errorCode);
  return { partition, isOutOfRange, records: readRecordBatches(batches) };
}

function refuse(errorCode: number): void {
  if (errorCode !== 0) throw createErrorFromCode(errorCode);
}
