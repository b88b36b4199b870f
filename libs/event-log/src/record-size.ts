import { deadLetterSuffix } from './consuming/dead-letter.js';

/** Kafka's topics take batches of 8 MiB; the rest is for its framing, and for what the relay adds. */
const maxRecordBytes = 8_388_608 - 8_192;
/** UTF-8 has no more of them for one `length`. */
const maxBytesPerChar = 3;

/** The record's own fault: nothing of it was written. */
export class OversizedRecordError extends Error {
  override readonly name = 'OversizedRecordError';
}

/**
 * The same limit for both logs: what one took and the other cannot take would stand still between them. Dead letters are never
 * in Kafka, and larger by their reason than what they were.
 */
export function checkRecordSize(topic: string, texts: readonly string[]): void {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  // nearly all are so short that nobody has to count
  if (chars * maxBytesPerChar <= maxRecordBytes || topic.endsWith(deadLetterSuffix)) return;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxRecordBytes)
    throw new OversizedRecordError(`A record of ${topic} has ${bytes} bytes, more than ${maxRecordBytes}.`);
}
