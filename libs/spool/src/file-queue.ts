import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileHeaderBytes, frameBytes, makeFrame, type Frame, type Piece } from './frames.js';
import { Segment } from './segment.js';
import { syncDirectory } from './sync-directory.js';

export class QueueFull extends Error {}

export interface QueueRecord {
  /** Its place: segment and position. */
  readonly id: string;
  readonly payload: Buffer;
  readonly at: Date;
}

/** What the queue met and passed by itself. `setAside`: where the bytes lie now, for a person to look at. */
export type QueueTrouble =
  | { readonly kind: 'torn'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'damaged'; readonly path: string; readonly bytes: number; readonly setAside: string };

export interface FileQueueOptions {
  readonly directory: string;
  /** On the disk, what was removed but still lies there included. 0: takes nothing, gives what is there. */
  readonly maxBytes: number;
  readonly onTrouble: (trouble: QueueTrouble) => void;
}

interface Waiting {
  readonly payload: Buffer;
  readonly atMs: number;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

const largestSegment = 4_194_304;

/**
 * Records on the disk, first in, first out. Whoever puts is told when the record outlives a power cut; what is put meanwhile
 * goes with the next flush. One reader: it reads, does its work, removes. After a crash it may be given again what it had
 * removed, never less than what was put.
 */
export class FileQueue {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private flushing: Promise<void> | undefined;
  private writer: Segment | undefined;
  /** Read, not yet handed out. */
  private ahead: Frame[] = [];
  private oldestMs: number | null = null;

  constructor(
    private readonly options: FileQueueOptions,
    /** Oldest first. */
    private readonly segments: Segment[],
    private nextNumber: number,
  ) {}

  get records(): number {
    return this.segments.reduce((sum, { records }) => sum + records, this.waiting.length);
  }

  get bytes(): number {
    return this.segments.reduce((sum, { size }) => sum + size, this.waitingBytes);
  }

  get maxBytes(): number {
    return this.options.maxBytes;
  }

  /** Of the next record, or of one not long before it; null: there is none. */
  get oldestAt(): Date | null {
    return this.isEmpty || this.oldestMs === null ? null : new Date(this.oldestMs);
  }

  /** Nothing is kept here, nor on its way. */
  get isEmpty(): boolean {
    return this.flushing === undefined && this.records === 0;
  }

  /** Resolved: safe. Rejected: not known to be; `QueueFull` when there is no room. */
  put(payload: Buffer, at: Date): Promise<void> {
    const bytes = frameBytes(payload);
    if (this.bytes + bytes + fileHeaderBytes > this.options.maxBytes)
      return Promise.reject(new QueueFull(`There is no room for ${bytes} bytes in ${this.options.directory}.`));
    this.waitingBytes += bytes;
    return new Promise((stored, failed) => {
      this.waiting.push({ payload, atMs: at.getTime(), stored, failed });
      this.flushing ??= this.flush();
    });
  }

  /** What comes next, in order; empty: nothing is there. Everything read before is removed by now. */
  async read(limit: { readonly records: number; readonly bytes: number }): Promise<readonly QueueRecord[]> {
    while (this.ahead.length === 0) {
      const [head] = this.segments;
      if (head === undefined) return [];
      if (head.readTo < head.size) this.ahead = await this.framesOf(head);
      else if (!(await this.dropHead(head))) return [];
    }
    let bytes = 0;
    const cut = this.ahead.findIndex(({ payload }, index) => {
      bytes += payload.length;
      return index === limit.records || (index > 0 && bytes > limit.bytes);
    });
    const taken = this.ahead.splice(0, cut === -1 ? this.ahead.length : cut);
    this.oldestMs = taken[0]?.atMs ?? null;
    const number = this.segments[0]?.number ?? 0;
    return taken.map(({ payload, start, atMs }) => ({ id: `${number}-${start}`, payload, at: new Date(atMs) }));
  }

  /** The oldest ones, which `read` has given. */
  remove(count: number): void {
    const [head] = this.segments;
    if (head !== undefined) head.records = Math.max(0, head.records - count);
    if (this.records === 0) this.oldestMs = null;
  }

  /** A copy beside the queue, for a person to look at. */
  async setAside(name: string, bytes: Buffer): Promise<string> {
    const path = join(this.options.directory, `aside-${name}`);
    await writeFile(path, bytes, { mode: 0o600, flush: true });
    await syncDirectory(this.options.directory);
    return path;
  }

  /** What is kept stays on the disk. */
  async close(): Promise<void> {
    await this.flushing;
    await this.writer?.close();
  }

  private async flush(): Promise<void> {
    // what is put in this turn of the event loop goes along
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      const items = [...this.waiting];
      const bytes = this.waitingBytes;
      try {
        const segment = await this.store(items);
        segment.records += items.length;
        this.oldestMs ??= items[0]?.atMs ?? null;
        for (const { stored } of items) stored();
      } catch (error) {
        const failed = this.writer;
        this.writer = undefined;
        await failed?.giveUp();
        for (const item of items) item.failed(error);
      }
      this.waiting = this.waiting.slice(items.length);
      this.waitingBytes -= bytes;
    }
    this.flushing = undefined;
  }

  private async store(items: readonly Waiting[]): Promise<Segment> {
    const segment = await this.segmentToWrite();
    await segment.append(items.map(({ payload, atMs }) => makeFrame(segment.mark, payload, atMs)));
    if (this.segments.includes(segment)) return segment;
    // the file is safe when its name is
    await syncDirectory(this.options.directory);
    this.segments.push(segment);
    return segment;
  }

  private async segmentToWrite(): Promise<Segment> {
    // several, so that room is won while the queue is being emptied
    const full = Math.min(largestSegment, this.options.maxBytes / 8);
    if (this.writer !== undefined && this.writer.size >= full) {
      await this.writer.close();
      this.writer = undefined;
    }
    this.writer ??= await Segment.create(this.options.directory, this.nextNumber++);
    return this.writer;
  }

  private async framesOf(segment: Segment): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (const piece of await segment.readOn()) {
      if (piece.kind === 'record') frames.push(piece);
      else await this.passDamaged(segment, piece);
    }
    return frames;
  }

  private async passDamaged(segment: Segment, { start, end }: Piece): Promise<void> {
    const bytes = await segment.read(start, end);
    const setAside = await this.setAside(`damaged-${segment.number}-${start}`, bytes);
    this.options.onTrouble({ kind: 'damaged', path: segment.path, bytes: bytes.length, setAside });
  }

  /** False: somebody is writing it. */
  private async dropHead(head: Segment): Promise<boolean> {
    if (head === this.writer) {
      if (this.flushing !== undefined) return false;
      this.writer = undefined;
    }
    this.segments.shift();
    if (this.segments.length === 0) this.oldestMs = null;
    await head.drop();
    return true;
  }
}
