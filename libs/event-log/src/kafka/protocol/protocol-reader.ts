/** Reads what Kafka's protocol is made of, from front to back; beyond the end it throws. */
export class ProtocolReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  /** Zigzag, up to 2^53: without bit operations, which end at 32 bits. */
  varint(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** As long as it has to be. */
  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      value += (byte % 0x80) * factor;
      if (byte < 0x80) return value;
    }
  }

  /** In messages that have tags, texts say one more than their length; null reads as ''. */
  shortText(): string {
    return this.text(this.unsigned() - 1);
  }

  /** What later versions add at the end of a part. */
  skipTags(): void {
    for (let left = this.unsigned(); left > 0; left -= 1) {
      this.unsigned();
      this.skip(this.unsigned());
    }
  }

  /** Null, which is of length -1, reads as ''. */
  text(length: number): string {
    if (length <= 0) return '';
    return this.#bytes.toString('utf8', this.#at, this.skip(length));
  }

  bytes(length: number): Buffer {
    const start = this.#at;
    return this.#bytes.subarray(start, this.skip(Math.max(0, length)));
  }

  /** Answers where it is then. */
  skip(length: number): number {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('Kafka gave less than it said.');
    return this.#at;
  }

  /** As many as an array has; it may be null. */
  list<Item>(item: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item);
  }
}
