import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterOf } from '../harness/temporary-home.js';

export interface Deadlock {
  readonly text: string;
  readonly processes: readonly number[];
  /** Whose transaction was refused: it tells of itself first. */
  readonly victim: number;
}

/** What PostgreSQL has written into its own log. */
export function readServerLog(home: string): string {
  return ['server.log.1', 'server.log']
    .map((name) => join(clusterOf(home), name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
}

export function deadlocksIn(log: string): Deadlock[] {
  const [, ...reports] = log.split('deadlock detected');
  return reports.map((report) => {
    const end = report.indexOf('HINT:');
    const detail = end === -1 ? report : report.slice(0, end);
    const processes = [...detail.matchAll(/Process (\d+) waits/g)].map(([, pid]) => Number(pid));
    return { text: `deadlock detected${detail}`.replace(/\s+/g, ' ').trim(), processes, victim: processes[0] ?? 0 };
  });
}

export function countRefusedConnections(log: string): number {
  return log.split('sorry, too many clients already').length - 1;
}
