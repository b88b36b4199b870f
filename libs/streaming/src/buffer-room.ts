import { maxBufferedBytes } from './max-buffered-bytes.js';

/** What may wait for all readers of a process together, bytes. */
const maxTotalBytes = 256 * 1024 * 1024;

/** What waits for slow readers. While it is too much together, each that holds more than an equal share of it is cut. */
export class BufferRoom {
  private readonly held = new Map<unknown, number>();
  private total = 0;

  constructor(private readonly maxTotal = maxTotalBytes) {}

  /** So much waits for this reader now. False: it is too much. */
  take(reader: unknown, bytes: number): boolean {
    this.total += bytes - (this.held.get(reader) ?? 0);
    this.held.set(reader, bytes);
    return bytes <= maxBufferedBytes && (this.total <= this.maxTotal || bytes <= this.maxTotal / this.held.size);
  }

  leave(reader: unknown): void {
    this.total -= this.held.get(reader) ?? 0;
    this.held.delete(reader);
  }
}
