import { mkdir, readdir, readFile, truncate, unlink } from 'node:fs/promises';
import { FileQueue, type FileQueueOptions } from './file-queue.js';
import { fileHeaderBytes, readPieces } from './frames.js';
import { pathOf, Segment, segmentNumber } from './segment.js';

/** With what an earlier process left. The folder is the caller's alone: two queues on one would spoil each other. */
export async function openFileQueue(options: FileQueueOptions): Promise<FileQueue> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const numbers = (await readdir(options.directory))
    .flatMap((name) => segmentNumber(name) ?? [])
    .sort((one, other) => one - other);
  const segments: Segment[] = [];
  const damagedFiles: { readonly path: string; readonly number: number; readonly bytes: Buffer }[] = [];
  for (const number of numbers) {
    const path = pathOf(options.directory, number);
    const bytes = await readFile(path);
    const segment = Segment.found(options.directory, number, bytes);
    if (segment !== null) {
      await takeStock(segment, bytes, options);
      segments.push(segment);
    } else if (bytes.length < fileHeaderBytes) await unlink(path);
    else damagedFiles.push({ path, number, bytes });
  }
  const queue = new FileQueue(options, segments, (numbers.at(-1) ?? 0) + 1);
  for (const { path, number, bytes } of damagedFiles) {
    const setAside = await queue.setAside(`damaged-${number}`, bytes);
    await unlink(path);
    options.onTrouble({ kind: 'damaged', path, bytes: bytes.length, setAside });
  }
  return queue;
}

/** Counts the records and cuts off a torn last one. What is damaged is met again when it is read. */
async function takeStock(segment: Segment, bytes: Buffer, options: FileQueueOptions): Promise<void> {
  for (const { kind, start, end } of readPieces(bytes.subarray(fileHeaderBytes), segment.mark)) {
    if (kind === 'record') segment.records += 1;
    if (kind !== 'torn') continue;
    segment.size = fileHeaderBytes + start;
    await truncate(segment.path, segment.size);
    options.onTrouble({ kind, path: segment.path, bytes: end - start });
  }
}
