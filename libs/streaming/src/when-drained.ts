import type { Writable } from 'node:stream';

/** Resolves when what was written has mostly gone out, or can't any more. */
export function whenDrained(stream: Pick<Writable, 'writableNeedDrain' | 'destroyed' | 'on' | 'off'>): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    // not `once` twice: the one that is not used would stay with the connection for its whole life
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
