import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
  /** When it was started, as the system says it. */
  readonly since: string;
}

/** Every process below `pid`, itself not included. */
export function descendantsOf(pid: number): readonly ProcessRow[] {
  const all = listProcesses();
  const below = (parent: number): ProcessRow[] =>
    all.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(pid);
}

/** Pids are used again: this asks for the very same process. A zombie is dead. */
export function stillRuns({ pid, since }: ProcessRow): boolean {
  return listProcesses().some((row) => row.pid === pid && row.since === since && !row.state.startsWith('Z'));
}

/** Ends the whole family at once. PostgreSQL and its children have groups of their own, so a signal to ours misses them. */
export function killFamily(pid: number): void {
  const family = [pid, ...descendantsOf(pid).map((row) => row.pid)];
  sendSignal(-pid, 'SIGKILL');
  for (const member of family) sendSignal(member, 'SIGKILL');
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function listProcesses(): readonly ProcessRow[] {
  return existsSync('/proc/self/stat') ? listByProc() : listByPs();
}

function listByProc(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readIfThere(`/proc/${name}/stat`);
      // The name in parentheses may hold anything; what follows it is: state, parent, ... and the 20th is the start time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, parent, since] = [fields[0], fields[1], fields[19]];
      const command = readIfThere(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      return state === undefined || parent === undefined || since === undefined
        ? []
        : [{ pid: Number(name), parent: Number(parent), state, command, since }];
    });
}

function listByPs(): ProcessRow[] {
  // lstart is five words: Fri Nov 21 10:00:00 2025.
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,lstart=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, state, ...rest] = line.trim().split(/\s+/);
    const [since, command] = [rest.slice(0, 5).join(' '), rest.slice(5).join(' ')];
    return pid === undefined || parent === undefined || state === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), state, command, since }];
  });
}

/** Processes end while they are listed. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
