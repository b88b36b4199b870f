import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fileHeaderBytes, markOf, newFileHeader, readPieces, type Piece } from './frames.js';

interface SegmentFile {
  readonly path: string;
  readonly number: number;
  readonly header: Buffer;
  readonly size: number;
  readonly handle: FileHandle | undefined;
}

export function pathOf(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(12, '0')}.spool`);
}

/** Null: no segment. */
export function segmentNumber(fileName: string): number | null {
  const found = /^(\d{12})\.spool$/.exec(fileName);
  return found === null ? null : Number(found[1]);
}

/** One file of the queue: written to its end, then read from its beginning, then deleted. */
export class Segment {
  /** Records that are safe and not yet removed. */
  records = 0;
  /** Up to there the file is read. */
  readTo = fileHeaderBytes;

  readonly path: string;
  readonly number: number;
  /** What of the file is safe. */
  size: number;
  private readonly header: Buffer;
  private handle: FileHandle | undefined;

  private constructor({ path, number, header, size, handle }: SegmentFile) {
    this.path = path;
    this.number = number;
    this.header = header;
    this.size = size;
    this.handle = handle;
  }

  static async create(directory: string, number: number): Promise<Segment> {
    const path = pathOf(directory, number);
    return new Segment({ path, number, header: newFileHeader(), size: 0, handle: await open(path, 'wx', 0o600) });
  }

  /** Of an earlier process. Null: it is no file of ours. */
  static found(directory: string, number: number, bytes: Buffer): Segment | null {
    const header = Buffer.from(bytes.subarray(0, fileHeaderBytes));
    if (markOf(header) === null) return null;
    return new Segment({ path: pathOf(directory, number), number, header, size: bytes.length, handle: undefined });
  }

  get mark(): Buffer {
    return this.header.subarray(-8);
  }

  /** Resolved: the bytes outlive a power cut, as far as this file goes. */
  async append(frames: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(this.size === 0 ? [this.header, ...frames] : frames);
    if (this.handle === undefined) throw new Error(`${this.path} is closed.`);
    await this.handle.writeFile(bytes);
    await this.handle.datasync();
    this.size += bytes.length;
  }

  /** After a failed write nobody knows what the disk holds: back to what is safe, and nothing more goes in here. */
  async giveUp(): Promise<void> {
    await this.handle?.truncate(this.size).catch(() => undefined);
    await this.close().catch(() => undefined);
    if (this.size === 0) await this.drop().catch(() => undefined);
  }

  /** What is safe and was not read yet; positions count from the beginning of the file. */
  async readOn(): Promise<Piece[]> {
    const from = this.readTo;
    const bytes = await this.read(from, this.size);
    this.readTo = from + bytes.length;
    const place = (piece: Piece): Piece => ({ ...piece, start: piece.start + from, end: piece.end + from });
    return readPieces(bytes, this.mark).map(place);
  }

  async read(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.alloc(to - from);
    const file = await open(this.path, 'r');
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
        if (bytesRead === 0) throw new Error(`${this.path} is shorter than it was.`);
        done += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes;
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  async drop(): Promise<void> {
    await this.close();
    await unlink(this.path);
  }
}
