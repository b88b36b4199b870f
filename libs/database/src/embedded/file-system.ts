import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Not by `instanceof`: inside Jest the errors of Node.js come from another realm. */
export function errorCode(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** `undefined` instead of an error for what is not there. */
async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export function readIfThere(path: string): Promise<string | undefined> {
  return orMissing(readFile(path, 'utf8'));
}

export function statIfThere(path: string): Promise<Stats | undefined> {
  return orMissing(stat(path));
}

/** With every folder on the way; made by root they are open to enter, whatever the umask, for the account of PostgreSQL. */
export async function makeFolder(path: string): Promise<void> {
  const outermost = await mkdir(path, { recursive: true });
  if (outermost === undefined || process.getuid?.() !== 0) return;
  for (let folder = resolve(path); folder.startsWith(outermost); folder = dirname(folder)) await chmod(folder, 0o755);
}

/** Whole or not at all, also after a power cut. */
export async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await renameDurably(draft, path);
}

export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  const folder = await open(dirname(to), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
