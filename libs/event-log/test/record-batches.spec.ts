import Decoder from 'kafkajs/src/protocol/decoder.js';
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import { RecordBatch } from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import { crc32c } from '../src/kafka/protocol/crc32c.js';
import { readRecordBatches } from '../src/kafka/protocol/read-record-batches.js';
import { writeRecordBatch, type BatchRecord } from '../src/kafka/protocol/write-record-batch.js';

const timestamp = 1_796_000_000_123;
const gzip = 1;
const plain: BatchRecord = { key: 'k', value: '{"a":1}', headers: { 'workspace-id': 'w', sequence: '12' } };
const records: Readonly<Record<string, readonly BatchRecord[]>> = {
  'one record': [plain],
  'nothing in it': [{ key: '', value: '', headers: {} }],
  'texts that are not ASCII': [
    { key: 'Zoë', value: '"Żółć 👋🏽 שלום"', headers: { imię: 'Łódź', 'event-type': '👋', empty: '' } },
    { key: '\u{80}', value: 'a\u{7ff}\u{800}\u{ffff}\u{10000}', headers: {} },
    { key: 'half of a pair \ud83d', value: '\udc4b', headers: {} },
  ],
  // their lengths in one byte and in two, and where a loop gives way to a copy
  'texts of every length around a limit': [0, 1, 63, 64, 65, 126, 127, 128, 8_191, 8_192].map((length) => ({
    key: 'k'.repeat(length),
    value: 'v'.repeat(length),
    headers: { ['h'.repeat(length)]: 'ł'.repeat(length) },
  })),
  'more records than a byte counts': Array.from({ length: 300 }, (_, n) => ({ ...plain, key: String(n) })),
  'a record of eight MiB': [{ key: 'k', value: 'ł'.repeat(4_190_000), headers: {} }],
};

const rows = Object.entries(records);
const batchOf = (written: readonly BatchRecord[], more = {}): Promise<{ readonly buffer: Buffer }> =>
  RecordBatch({
    records: written.map((record, offsetDelta) => encodeRecord({ ...record, offsetDelta, timestampDelta: 0 })),
    ...{ firstTimestamp: timestamp, maxTimestamp: timestamp, lastOffsetDelta: written.length - 1 },
    ...more,
  });

/** Without what is the broker's to fill in, and what marks a producer as idempotent, which kafkajs writes as 0. */
function comparable(batch: Buffer): Buffer {
  const copy = Buffer.from(batch);
  for (const [start, end] of [
    [12, 16],
    [17, 21],
    [51, 57],
  ] as const)
    copy.fill(0, start, end);
  return copy;
}

describe('crc32c', () => {
  // RFC 3720, B.4, and the check value of the catalogue of CRCs
  it.each([
    ['32 bytes of 0', Buffer.alloc(32), 0x8a9136aa],
    ['32 bytes of ff', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
    ['31 to 0', Buffer.from(Array.from({ length: 32 }, (_, n) => 31 - n)), 0x113fdb5c],
    ['123456789', Buffer.from('123456789'), 0xe3069283],
    ['nothing', Buffer.alloc(0), 0],
  ])('of %s', (_name, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });
});

describe('a batch that we write', () => {
  it.each(rows)('is what kafkajs writes: %s', async (_name, written) => {
    const theirs = (await batchOf(written)).buffer;
    const ours = writeRecordBatch(written, timestamp);

    expect(comparable(ours).equals(comparable(theirs))).toBe(true);
    expect(ours.readUInt32BE(17)).toBe(crc32c(ours.subarray(21)));
  });

  it.each(rows)('is read by kafkajs: %s', async (_name, written) => {
    const { records: read } = await decodeRecordBatch(new Decoder(writeRecordBatch(written, timestamp)));

    expect(read.map(({ key, value }) => [key?.toString(), value?.toString()])).toEqual(
      written.map(({ key, value }) => [wellFormed(key), wellFormed(value)]),
    );
    expect(read.map(({ timestamp: time }) => Number(time))).toEqual(written.map(() => timestamp));
  });
});

describe('batches that we read', () => {
  it.each(rows)('are what kafkajs wrote: %s', async (_name, written) => {
    const { buffer } = await batchOf(written, { firstOffset: 9_007_199_254_740_000n });

    expect(readRecordBatches(buffer)).toEqual(
      written.map(({ key, value, headers }, index) => ({
        ...{ offset: 9_007_199_254_740_000 + index, timestamp, headers },
        ...{ key: wellFormed(key), value: wellFormed(value) },
      })),
    );
  });

  it('follow one another, and the last one may be cut off anywhere', async () => {
    const { buffer: first } = await batchOf([plain, plain]);
    const { buffer: second } = await batchOf([plain], { firstOffset: 2n });
    const whole = Buffer.concat([first, second]);

    expect(readRecordBatches(whole).map(({ offset }) => offset)).toEqual([0, 1, 2]);
    for (let end = first.length; end < whole.length; end += 1)
      expect(readRecordBatches(whole.subarray(0, end))).toHaveLength(2);
  });

  it('may be compressed by gzip', async () => {
    const { buffer } = await batchOf([plain, plain], { compression: gzip });

    expect(readRecordBatches(buffer).map(({ value }) => value)).toEqual([plain.value, plain.value]);
  });

  it('have a time for each record, or the one at which the broker wrote them', async () => {
    const written = [5, 0, 3_000_000_000].map((timestampDelta, offsetDelta) =>
      encodeRecord({ ...plain, offsetDelta, timestampDelta }),
    );
    const times = { firstTimestamp: timestamp, maxTimestamp: timestamp + 7, lastOffsetDelta: 2 };
    const { buffer } = await RecordBatch({ records: written, ...times });
    const timesOf = (): number[] => readRecordBatches(buffer).map((record) => record.timestamp - timestamp);

    expect(timesOf()).toEqual([5, 0, 3_000_000_000]);
    buffer.writeInt16BE(0x08, 21);
    expect(timesOf()).toEqual([7, 7, 7]);
  });

  it('may have records without key and value', async () => {
    const record = encodeRecord({ key: null, value: null, headers: {}, offsetDelta: 0, timestampDelta: 0 });
    const { buffer } = await RecordBatch({
      ...{ records: [record], firstTimestamp: timestamp, maxTimestamp: timestamp, lastOffsetDelta: 0 },
    });

    expect(readRecordBatches(buffer)).toMatchObject([{ key: '', value: '', headers: {} }]);
  });

  it.each([
    ['compressed by zstd', 22, 0x04, 'zstd'],
    ['of a format before Kafka 0.11', 16, 0x01, 'format 1'],
    ['with a record that is longer than it says', 61, 0x10, 'as long as it says'],
  ])('are refused: %s', async (_name, at, value, reason) => {
    const { buffer } = await batchOf([plain, plain]);
    buffer.writeInt8(value, at);

    expect(() => readRecordBatches(buffer)).toThrow(reason);
  });
});

/** As UTF-8 has it: half of a pair is no character. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
