import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode, readIfThere } from './file-system.js';

export interface RunningProcess {
  /** Tells a process from a later one with the same pid; unknown where the machine hides other people's processes. */
  readonly startTime?: string;
  readonly command: string;
}

/** A zombie answers signals but is dead: it counts as not running. */
export async function findProcess(pid: number): Promise<RunningProcess | undefined> {
  if (!answersSignals(pid)) return undefined;
  return process.platform === 'linux' ? readProc(pid) : askPs(pid);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function readProc(pid: number): Promise<RunningProcess | undefined> {
  const stat = await readOrVanish(`/proc/${String(pid)}/stat`);
  if (stat === undefined) return answersSignals(pid) ? { command: '' } : undefined;
  // The second field is the name in parentheses and may hold anything; state is field 3, start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
  const command = (await readOrVanish(`/proc/${String(pid)}/cmdline`)) ?? '';
  return { startTime, command: command.split('\0').join(' ') };
}

/** A process may end between opening and reading (ESRCH). */
async function readOrVanish(path: string): Promise<string | undefined> {
  try {
    return await readIfThere(path);
  } catch {
    return undefined;
  }
}

async function askPs(pid: number): Promise<RunningProcess | undefined> {
  const asked = promisify(execFile)('ps', ['-o', 'stat=', '-o', 'lstart=', '-o', 'command=', '-p', String(pid)], {
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  const { stdout } = await asked.catch(() => ({ stdout: '' }));
  const [, state, startTime, command] = /^\s*(\S+)\s+(\w{3} \w{3} .{16})\s+(.*)/.exec(stdout) ?? [];
  if (state === undefined || startTime === undefined || state.startsWith('Z')) return undefined;
  return { startTime, command: command ?? '' };
}

/** Where pids mean something: one boot of one machine, one container. */
export async function pidScope(): Promise<string> {
  if (process.platform !== 'linux') return process.platform;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => 'unknown');
  return `${boot.trim()} ${namespace}`;
}
