import { descendantsOf, sendSignal, type ProcessRow } from './process-tree.js';

function postgresOf(parleyPid: number): readonly ProcessRow[] {
  const found = descendantsOf(parleyPid).filter(({ command }) => command.includes('postgres'));
  if (found.length === 0) throw new Error('Parley has no PostgreSQL of its own.');
  return found;
}

/** SIGSTOP to the server and all that it has started; answers what wakes them. */
export function freezePostgres(parleyPid: number): () => void {
  const all = postgresOf(parleyPid);
  for (const { pid } of all) sendSignal(pid, 'SIGSTOP');
  return () => {
    for (const { pid } of all) sendSignal(pid, 'SIGCONT');
  };
}

/** kill -9 to the server; those that it has started end by themselves. */
export function killPostgres(parleyPid: number): void {
  for (const { pid, parent } of postgresOf(parleyPid)) if (parent === parleyPid) sendSignal(pid, 'SIGKILL');
}
