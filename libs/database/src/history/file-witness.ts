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

interface Line {
  readonly token: string;
  readonly inode: string;
  readonly installation: string | undefined;
}

/**
 * In a file beside the data, a line for each installation that was started here, so that another database is not taken for a
 * backup of the first. A line knows the inode of its file: one that came with a copy of the whole folder has another, and
 * cannot say whether its original has gone on.
 */
export function fileWitness(path: string): Witness {
  const find = (installation: string | undefined): Line | undefined => {
    const lines = readLines(path);
    return lines.find((line) => line.installation === installation) ?? lines.find(isOfAny);
  };
  return {
    last: (installation) => find(installation)?.token,
    isCopy: (installation) => {
      const line = find(installation);
      return line !== undefined && line.inode !== inodeOf(path);
    },
    remember: (token, installation) => {
      const own = existsSync(path) ? inodeOf(path) : '';
      const others = readLines(path).filter((line) => line.installation !== installation && !isOfAny(line));
      const draft = `${path}.${String(process.pid)}`;
      const file = openSync(draft, 'w', 0o600);
      try {
        const inode = String(fstatSync(file).ino);
        // what is of a copy stays so
        const kept = others.map((line) => (line.inode === own ? { ...line, inode } : line));
        writeSync(file, [{ token, inode, installation }, ...kept].map(written).join(''));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    },
  };
}

/** It was written before its database had a name, so it may be of this one: that is the safe side. */
function isOfAny({ installation }: Line): boolean {
  return installation === undefined;
}

function readLines(path: string): readonly Line[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [token = '', inode = '', installation] = line.split(' ');
      return { token, inode, installation };
    });
}

function written({ token, inode, installation }: Line): string {
  return `${[token, inode, ...(installation === undefined ? [] : [installation])].join(' ')}\n`;
}

function inodeOf(path: string): string {
  return String(statSync(path).ino);
}
