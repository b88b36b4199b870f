import { crc32c } from './crc32c.js';

/** What of a record is written into a batch. Which partition it goes to was chosen before. */
export interface BatchRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const magic = 2;
/** Where the fields of a batch begin, and its records. */
const place = {
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producer: 43,
  count: 57,
  records: 61,
} as const;
/** Of a UTF-16 unit in UTF-8. */
const maxCharBytes = 3;
const maxVarintBytes = 5;
/** Attributes, and the time behind the batch's: none. */
const fixedBytes = 2;
/** Up to this many characters a loop takes less time than a call out of JavaScript. */
const shortChars = 64;
const firstNotAscii = 0x80;

/**
 * One batch of one partition, uncompressed, of no transaction: https://kafka.apache.org/documentation/#recordbatch. kafkajs makes
 * a buffer of half a KiB and more for every header of every record, and copies each byte six times. `timestamp`: Unix milliseconds.
 */
export function writeRecordBatch(records: readonly BatchRecord[], timestamp: number): Buffer {
  const bytes = Buffer.allocUnsafe(mostBytesOf(records));
  let end: number = place.records;
  for (const [index, record] of records.entries()) end = writeRecord(bytes, end, record, index);
  bytes.writeBigInt64BE(0n);
  bytes.writeInt32BE(end - place.leaderEpoch, place.length);
  bytes.writeInt32BE(-1, place.leaderEpoch);
  bytes.writeInt8(magic, place.magic);
  bytes.writeInt16BE(0, place.attributes);
  bytes.writeInt32BE(records.length - 1, place.lastOffsetDelta);
  bytes.writeBigInt64BE(BigInt(timestamp), place.firstTimestamp);
  bytes.writeBigInt64BE(BigInt(timestamp), place.maxTimestamp);
  // its id, epoch and sequence: not idempotent
  bytes.fill(0xff, place.producer, place.count);
  bytes.writeInt32BE(records.length, place.count);
  bytes.writeUInt32BE(crc32c(bytes.subarray(place.attributes, end)), place.crc);
  return bytes.subarray(0, end);
}

function mostBytesOf(records: readonly BatchRecord[]): number {
  let most: number = place.records;
  for (const { key, value, headers } of records) {
    // lengths of record, key and value, its offset, how many headers
    most += fixedBytes + 5 * maxVarintBytes + key.length * maxCharBytes + Buffer.byteLength(value);
    for (const name of Object.keys(headers))
      most += 2 * maxVarintBytes + (name.length + (headers[name] ?? '').length) * maxCharBytes;
  }
  return most;
}

/** Answers where it ends. */
function writeRecord(bytes: Buffer, start: number, { key, value, headers }: BatchRecord, index: number): number {
  // its length comes before it, in as many bytes as the length needs
  const body = start + maxVarintBytes;
  bytes[body] = 0;
  bytes[body + 1] = 0;
  let at = writeVarint(bytes, body + fixedBytes, index);
  at = writeText(bytes, writeText(bytes, at, key), value);
  const names = Object.keys(headers);
  at = writeVarint(bytes, at, names.length);
  for (const name of names) at = writeText(bytes, writeText(bytes, at, name), headers[name] ?? '');
  const moved = writeVarint(bytes, start, at - body);
  bytes.copyWithin(moved, body, at);
  return moved + at - body;
}

/** Its length in bytes, and itself. */
function writeText(bytes: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length <= shortChars) {
    let next = writeVarint(bytes, at, length);
    let index = 0;
    for (; index < length; index += 1) {
      const char = text.charCodeAt(index);
      if (char >= firstNotAscii) break;
      bytes[next] = char;
      next += 1;
    }
    if (index === length) return next;
  }
  const next = writeVarint(bytes, at, Buffer.byteLength(text));
  return next + bytes.write(text, next);
}

/** Zigzag, of what is not negative: twice the number. */
function writeVarint(bytes: Buffer, at: number, value: number): number {
  let left = value * 2;
  let next = at;
  while (left >= 0x80) {
    bytes[next] = (left % 0x80) + 0x80;
    left = Math.floor(left / 0x80);
    next += 1;
  }
  bytes[next] = left;
  return next + 1;
}
