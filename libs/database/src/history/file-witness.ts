import {
  closeSync,
  existsSync,
  fsyncSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Witness } from './history.js';

/**
 * In a file beside the data. It knows its own inode: a file that came with a copy of the whole folder has another, and
 * cannot say whether its original has gone on.
 */
export function fileWitness(path: string): Witness {
  const read = (): readonly string[] => (existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : []);
  return {
    last: () => read()[0],
    isCopy: () => {
      const [, inode] = read();
      return inode !== undefined && inode !== String(statSync(path).ino);
    },
    remember: (token) => {
      const draft = `${path}.${String(process.pid)}`;
      const file = openSync(draft, 'w', 0o600);
      try {
        writeSync(file, `${token} ${String(fstatSync(file).ino)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    },
  };
}
