/** Castagnoli's polynomial, its bits reversed: RFC 3720, 12.1. */
const polynomial = 0x82f63b78;
const bytesAtOnce = 8;
const byteValues = 256;
const sumBytes = 4;
const tables = makeTables();

/** The checksum of Kafka's record batches; Node has only that of another polynomial. Eight bytes at once take a third of the time of one by one. */
export function crc32c(bytes: Uint8Array): number {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const even = length - (length % bytesAtOnce);
  let sum = -1;
  let at = 0;
  for (; at < even; at += bytesAtOnce) {
    const low = sum ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    sum =
      sumOf(low, 7) ^
      sumOf(low >>> 8, 6) ^
      sumOf(low >>> 16, 5) ^
      sumOf(low >>> 24, 4) ^
      sumOf(high, 3) ^
      sumOf(high >>> 8, 2) ^
      sumOf(high >>> 16, 1) ^
      sumOf(high >>> 24, 0);
  }
  for (; at < length; at += 1) sum = (sum >>> 8) ^ sumOf(sum ^ view.getUint8(at), 0);
  return ~sum >>> 0;
}

/** What the lowest byte does to the sum when so many bytes follow it. */
function sumOf(byte: number, following: number): number {
  return tables.getInt32((following * byteValues + (byte & 0xff)) * sumBytes, true);
}

function makeTables(): DataView {
  const made = new DataView(new ArrayBuffer(bytesAtOnce * byteValues * sumBytes));
  for (let byte = 0; byte < byteValues; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ ((sum & 1) * polynomial);
    made.setInt32(byte * sumBytes, sum, true);
  }
  for (let at = byteValues; at < bytesAtOnce * byteValues; at += 1) {
    const sum = made.getInt32((at - byteValues) * sumBytes, true);
    made.setInt32(at * sumBytes, (sum >>> 8) ^ made.getInt32((sum & 0xff) * sumBytes, true), true);
  }
  return made;
}
