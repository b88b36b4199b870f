import { constants } from 'node:fs';
import { lstat, open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './file-system.js';
import type { Account } from './system-account.js';

const ROTATE_BYTES = 1024 * 1024;
const TAIL_BYTES = 16 * 1024;
const TAIL_LINES = 12;

function logPath(cluster: string): string {
  return join(cluster, 'server.log');
}

/** The folder belongs to the server's account: root must not follow a link that somebody put there. */
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** Together with the one kept copy, the log of earlier runs is bounded here; one run logs only starts, stops and trouble. */
export async function openServerLog(cluster: string, account?: Account): Promise<FileHandle> {
  const path = logPath(cluster);
  if ((await sizeOf(path)) > ROTATE_BYTES) await rename(path, `${path}.1`);
  const log = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  if (account !== undefined) await log.chown(account.uid, account.gid);
  return log;
}

/** What was written from `start` (a byte position) on, at most the last 16 KiB. */
export async function readServerLog(cluster: string, start: number): Promise<string> {
  const path = logPath(cluster);
  const size = await sizeOf(path);
  const from = Math.max(start, size - TAIL_BYTES);
  if (from >= size) return '';
  const log = await open(path, O_RDONLY | O_NOFOLLOW);
  try {
    const { buffer, bytesRead } = await log.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await log.close();
  }
}

/** For the end of an error message. */
export function lastLines(log: string): string {
  const lines = log.trimEnd().split('\n').slice(-TAIL_LINES);
  return lines.join('\n') === '' ? 'Its log is empty.' : `The end of its log:\n  ${lines.join('\n  ')}`;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
