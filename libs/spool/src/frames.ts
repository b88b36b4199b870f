import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * A file begins with a name and 8 random bytes, its mark. Every record begins with that mark, so that behind a damaged one
 * the next is found again, and nothing that somebody wrote can pass for a record.
 *
 *   file    "parley-spool-1\n\0" mark(8) record*
 *   record  mark(8) length(4) crc32(4) time(8) payload; numbers little-endian, time in ms, crc32 over length, time, payload
 */
const name = Buffer.from('parley-spool-1\n\0', 'latin1');
const markBytes = 8;
const lengthAt = 8;
const sumAt = 12;
const timeAt = 16;
const frameHeaderBytes = 24;

export const fileHeaderBytes = name.length + markBytes;

export interface Frame {
  readonly kind: 'record';
  readonly start: number;
  readonly end: number;
  readonly atMs: number;
  readonly payload: Buffer;
}

/** `torn`: the beginning of a record and then the end of the file; its writer never heard that it was safe. */
export type Piece = Frame | { readonly kind: 'damaged' | 'torn'; readonly start: number; readonly end: number };

export function newFileHeader(): Buffer {
  return Buffer.concat([name, randomBytes(markBytes)]);
}

/** Null: no file of ours. */
export function markOf(fileHeader: Buffer): Buffer | null {
  if (fileHeader.length < fileHeaderBytes || !fileHeader.subarray(0, name.length).equals(name)) return null;
  return fileHeader.subarray(name.length, fileHeaderBytes);
}

/** How many bytes a payload takes. */
export function frameBytes(payload: Buffer): number {
  return frameHeaderBytes + payload.length;
}

export function makeFrame(mark: Buffer, payload: Buffer, atMs: number): Buffer {
  const frame = Buffer.alloc(frameBytes(payload));
  mark.copy(frame);
  frame.writeUInt32LE(payload.length, lengthAt);
  frame.writeDoubleLE(atMs, timeAt);
  payload.copy(frame, frameHeaderBytes);
  frame.writeUInt32LE(sumOf(frame), sumAt);
  return frame;
}

export function readPieces(bytes: Buffer, mark: Buffer): Piece[] {
  const pieces: Piece[] = [];
  for (let start = 0; start < bytes.length;) {
    const piece = frameAt(bytes, mark, start) ?? unreadable(bytes, mark, start);
    pieces.push(piece);
    start = piece.end;
  }
  return pieces;
}

function frameAt(bytes: Buffer, mark: Buffer, start: number): Frame | null {
  if (!startsWith(bytes, mark, start)) return null;
  const end = endOf(bytes, start);
  if (end > bytes.length) return null;
  const frame = bytes.subarray(start, end);
  if (frame.readUInt32LE(sumAt) !== sumOf(frame)) return null;
  return { kind: 'record', start, end, atMs: frame.readDoubleLE(timeAt), payload: frame.subarray(frameHeaderBytes) };
}

function unreadable(bytes: Buffer, mark: Buffer, start: number): Piece {
  for (let next = bytes.indexOf(mark, start + 1); next !== -1; next = bytes.indexOf(mark, next + 1))
    if (frameAt(bytes, mark, next) !== null) return { kind: 'damaged', start, end: next };
  return { kind: isUnfinished(bytes, mark, start) ? 'torn' : 'damaged', start, end: bytes.length };
}

/** What a crash leaves of the last write: its beginning, or room that was never filled. */
function isUnfinished(bytes: Buffer, mark: Buffer, start: number): boolean {
  const rest = bytes.subarray(start);
  if (rest.every((byte) => byte === 0)) return true;
  if (rest.length < frameHeaderBytes)
    return rest.subarray(0, markBytes).equals(mark.subarray(0, Math.min(markBytes, rest.length)));
  return startsWith(bytes, mark, start) && endOf(bytes, start) > bytes.length;
}

function startsWith(bytes: Buffer, mark: Buffer, start: number): boolean {
  return start + frameHeaderBytes <= bytes.length && bytes.subarray(start, start + markBytes).equals(mark);
}

function endOf(bytes: Buffer, start: number): number {
  return start + frameHeaderBytes + bytes.readUInt32LE(start + lengthAt);
}

function sumOf(frame: Buffer): number {
  return crc32(frame.subarray(timeAt), crc32(frame.subarray(lengthAt, sumAt)));
}
