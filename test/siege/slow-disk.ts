import { readFileSync } from 'node:fs';
import { descendantsOf } from '../harness/process-tree.js';
import { makeHome } from '../harness/temporary-home.js';

interface SlowDiskTools {
  whyNoSlowDisk(): string | undefined;
  slowDiskEnvironment(folder: string, milliseconds: number): Record<string, string>;
}

const module = '../slow-disk/slow-disk.mjs';
const tools = (await import(module)) as SlowDiskTools;

export interface SlowDisk {
  /** Of Parley, which does not know of it; what it starts has the same disk. */
  readonly environment: NodeJS.ProcessEnv;
  /** 0: it is as fast as ever. */
  readonly slowDiskMs: number;
  /** Why it is not slow, where it should be. */
  readonly whyNot?: string;
}

/** Only Linux with a C compiler has one. */
export function slowDisk(slowDiskMs: number): SlowDisk {
  const whyNot = tools.whyNoSlowDisk();
  if (slowDiskMs === 0) return { environment: {}, slowDiskMs };
  if (whyNot !== undefined) return { environment: {}, slowDiskMs: 0, whyNot };
  return { environment: tools.slowDiskEnvironment(makeHome(), slowDiskMs), slowDiskMs };
}

/** Of these processes and all below them: how many have the slow disk, and how many have not. */
export function countOnSlowDisk(pids: readonly number[]): { readonly on: number; readonly off: number } {
  const maps = pids.flatMap((pid) => [pid, ...descendantsOf(pid).map((row) => row.pid)]).flatMap(mapsOf);
  const on = maps.filter((text) => text.includes('/slow-disk.so')).length;
  return { on, off: maps.length - on };
}

/** Of one that has ended meanwhile: none. */
function mapsOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/maps`, 'utf8');
    return text === '' ? [] : [text];
  } catch {
    return [];
  }
}
