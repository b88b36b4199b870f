import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, readIfThere } from './file-system.js';
import { findProcess } from './running-process.js';
import { shutDown } from './shut-down.js';

/**
 * Clears what a killed Parley left in a cluster that we own by now: a PostgreSQL still running is stopped, the pid file of
 * a dead one removed. PostgreSQL itself would refuse to start while that pid answers, be it a zombie or a stranger; that
 * no process of the old server is left it finds out by its shared memory, pid file or not.
 */
export async function clearOrphan(cluster: string, say: (line: string) => void): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = Number((await readIfThere(pidFile))?.split('\n', 1)[0]);
  if (Number.isSafeInteger(pid) && pid > 1 && (await isServerOf(cluster, pid))) {
    say(`Stopping the PostgreSQL (process ${String(pid)}) that an earlier Parley left running.`);
    await stopOrphan(cluster, pid);
  }
  await rm(pidFile, { force: true });
}

async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  const found = await findProcess(pid);
  return found !== undefined && found.command.includes('postgres') && found.command.includes(` -D ${cluster} `);
}

async function stopOrphan(cluster: string, pid: number): Promise<void> {
  const endsWithin = async (milliseconds: number): Promise<boolean> => {
    for (const end = Date.now() + milliseconds; Date.now() < end;) {
      if (!(await isServerOf(cluster, pid))) return true;
      await sleep(20);
    }
    return false;
  };
  await shutDown({
    send: (signal) => {
      sendTo(pid, signal);
    },
    endsWithin,
  });
  if (await isServerOf(cluster, pid)) {
    throw new Error(
      `A PostgreSQL (process ${String(pid)}) of an earlier Parley still runs on ${cluster} and does not stop. End it, then start again.`,
    );
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
