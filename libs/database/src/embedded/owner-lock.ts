import { randomUUID } from 'node:crypto';
import { link, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, readIfThere, statIfThere } from './file-system.js';
import { findProcess, pidScope } from './running-process.js';

const homeAdvice = 'Stop that process first, or give this one a folder of its own with PARLEY_HOME.';

/** One process owns a folder; it lets go by `release` or by its death. */
export interface OwnerLock {
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  readonly processStartTime: string;
  /** Pids of another boot or another container cannot be looked up. */
  readonly scope: string;
}

const HEARTBEAT_MS = 1_000;
/** How long the lock of a process that we cannot look up must stay untouched before it counts as dead. */
const SILENCE_MS = 4_000;

/** `advice`: what to do when another one owns it. */
export async function acquireOwnerLock(folder: string, advice = homeAdvice): Promise<OwnerLock> {
  const path = join(folder, 'parley.lock');
  const mine = await describeOwner();
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, mine, { flag: 'wx' });
  try {
    // A link appears at once and whole: nobody reads a half-written lock.
    while (!(await linkIfFree(draft, path)) && !(await takeOver(draft, path, advice))) await sleep(20);
  } finally {
    await rm(draft, { force: true });
  }
  return hold(path, mine);
}

function hold(path: string, mine: string): OwnerLock {
  const heartbeat = setInterval(() => {
    utimes(path, new Date(), new Date()).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release(): Promise<void> {
      clearInterval(heartbeat);
      if ((await readIfThere(path)) === mine) await rm(path, { force: true });
    },
  };
}

async function describeOwner(): Promise<string> {
  const self = await findProcess(process.pid);
  const owner: Owner = { pid: process.pid, processStartTime: self?.startTime ?? '', scope: await pidScope() };
  return `${JSON.stringify(owner)}\n`;
}

async function linkIfFree(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces the lock of a dead owner; false: look again. The second lock keeps two replacers from replacing each other. */
async function takeOver(draft: string, path: string, advice: string): Promise<boolean> {
  const seen = await readIfThere(path);
  if (seen === undefined) return false;
  await refuseLiving(path, seen, advice);
  const takeover = `${path}.takeover`;
  const ticket = `${draft}.ticket`;
  await link(draft, ticket);
  try {
    if (!(await linkIfFree(ticket, takeover))) {
      await dropDeadTakeover(takeover);
      return false;
    }
    try {
      if ((await readIfThere(path)) !== seen) return false;
      await rename(ticket, path);
      return true;
    } finally {
      await rm(takeover, { force: true });
    }
  } finally {
    await rm(ticket, { force: true });
  }
}

async function dropDeadTakeover(takeover: string): Promise<void> {
  const seen = await readIfThere(takeover);
  const owner = seen === undefined ? undefined : parseOwner(seen);
  if (owner === undefined || !(await isAlive(owner, takeover))) await rm(takeover, { force: true });
}

async function refuseLiving(path: string, text: string, advice: string): Promise<void> {
  const owner = parseOwner(text);
  // Unreadable: written by no living Parley, whose lock is whole from the start (a power cut can empty it).
  if (owner === undefined || !(await isAlive(owner, path))) return;
  throw new Error(`Parley is already running on ${dirname(path)}: process ${String(owner.pid)} holds it. ${advice}`);
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, processStartTime, scope } = JSON.parse(text) as Partial<Owner>;
    if (pid === undefined || processStartTime === undefined || !Number.isSafeInteger(pid) || pid < 1) return undefined;
    return { pid, processStartTime, scope: scope ?? '' };
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner, path: string): Promise<boolean> {
  if (owner.scope !== (await pidScope())) return keepsTouching(path);
  const found = await findProcess(owner.pid);
  return found !== undefined && (found.startTime === undefined || found.startTime === owner.processStartTime);
}

async function keepsTouching(path: string): Promise<boolean> {
  const first = await statIfThere(path);
  for (const end = Date.now() + SILENCE_MS; Date.now() < end;) {
    await sleep(100);
    const now = await statIfThere(path);
    if (now?.mtimeMs !== first?.mtimeMs) return now !== undefined;
  }
  return false;
}
