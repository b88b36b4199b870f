import { gunzipSync } from 'node:zlib';
import { ProtocolReader } from './protocol-reader.js';

export interface FetchedRecord {
  readonly offset: number;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const readableMagic = 2;
/** Where the fields of a batch are. */
const place = {
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  attributes: 21,
  firstTimestamp: 27,
  maxTimestamp: 35,
  count: 57,
  records: 61,
} as const;
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const codecMask = 0x07;
/** The broker's time is that of all records of the batch. */
const logAppendTimeFlag = 0x08;

/**
 * All records of whole batches (https://kafka.apache.org/documentation/#recordbatch), also those before the offset that was asked
 * for: a broker gives batches as they were written. The last batch may be cut off, then it comes again. Throws on what cannot be read.
 */
export function readRecordBatches(bytes: Buffer): FetchedRecord[] {
  const found: FetchedRecord[] = [];
  for (let start = 0; start + place.leaderEpoch <= bytes.length;) {
    const end = start + place.leaderEpoch + bytes.readInt32BE(start + place.length);
    if (end > bytes.length) break;
    readBatch(bytes.subarray(start, end), found);
    start = end;
  }
  return found;
}

function readBatch(batch: Buffer, found: FetchedRecord[]): void {
  const magic = batch.readInt8(place.magic);
  if (magic !== readableMagic) throw new Error(`Kafka gave a batch of format ${magic}; ${readableMagic} can be read.`);
  const firstOffset = Number(batch.readBigInt64BE());
  const attributes = batch.readInt16BE(place.attributes);
  const isAppendTime = (attributes & logAppendTimeFlag) !== 0;
  const baseTimestamp = Number(batch.readBigInt64BE(isAppendTime ? place.maxTimestamp : place.firstTimestamp));
  const records = uncompressed(batch.subarray(place.records), attributes & codecMask);
  const reader = new ProtocolReader(records);
  for (let left = batch.readInt32BE(place.count); left > 0; left -= 1) {
    const { timestampDelta, offsetDelta, key, value, headers } = readRecord(reader);
    const timestamp = isAppendTime ? baseTimestamp : baseTimestamp + timestampDelta;
    found.push({ offset: firstOffset + offsetDelta, timestamp, key, value, headers });
  }
}

/** Our topics keep what we write, but a topic's `compression.type` may be gzip: node can read that. */
function uncompressed(records: Buffer, codec: number): Buffer {
  if (codec === 0) return records;
  if (codecs[codec] === 'gzip') return gunzipSync(records);
  throw new Error(`Kafka gave a batch compressed by ${codecs[codec] ?? codec}; gzip and none can be read.`);
}

interface ReadRecord extends Omit<FetchedRecord, 'offset' | 'timestamp'> {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
}

function readRecord(reader: ProtocolReader): ReadRecord {
  const length = reader.varint();
  const end = reader.at + length;
  // attributes: unused
  reader.skip(1);
  const timestampDelta = reader.varint();
  const offsetDelta = reader.varint();
  const key = reader.text(reader.varint());
  const value = reader.text(reader.varint());
  const headers: Record<string, string> = {};
  for (let left = reader.varint(); left > 0; left -= 1) {
    const name = reader.text(reader.varint());
    headers[name] = reader.text(reader.varint());
  }
  if (reader.at !== end) throw new Error('Kafka gave a record that is not as long as it says.');
  return { offsetDelta, timestampDelta, key, value, headers };
}
