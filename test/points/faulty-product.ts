import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { descendantsOf, sendSignal } from '../harness/process-tree.js';
import type { Exit, StartedProcess } from '../harness/start-bundle.js';
import { waitFor } from '../harness/wait-for.js';
import type { Fault, Order } from './fault.js';

/** Bundles the test entry on what is built now. */
export function buildFaulty(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../tools/setup/build-test-entries.mjs', import.meta.url))]);
}

/** Orders for a process of the test entry. */
export class Faulty {
  constructor(readonly process: StartedProcess) {}

  arm(fault: Fault): Promise<void> {
    return this.order({ arm: fault });
  }

  release(point: string): Promise<void> {
    return this.order({ release: point });
  }

  /** Until a call is held, or its answer lost, at this point. */
  reached(point: string): Promise<unknown> {
    const isIt = (said: unknown): boolean => (said as { reached?: string }).reached === point;
    return waitFor(`${point} to be reached`, () => this.process.said.some(isIt));
  }

  async frozen(): Promise<void> {
    await waitFor('the process to be frozen', () =>
      descendantsOf(process.pid).some(({ pid, state }) => pid === this.process.pid && state.startsWith('T')),
    );
  }

  wake(): void {
    sendSignal(this.process.pid, 'SIGCONT');
  }

  async died(what: string): Promise<Exit> {
    let exit: Exit | undefined;
    void this.process.exited.then((ended) => {
      exit = ended;
    });
    return waitFor(`the process to die at ${what}`, () => exit);
  }

  private async order(order: Order): Promise<void> {
    const before = this.answers();
    this.process.post(order);
    await waitFor('the order to be obeyed', () => this.answers() > before);
  }

  private answers(): number {
    return this.process.said.filter((said) => (said as { obeyed?: boolean }).obeyed === true).length;
  }
}

/** What the processes have noted: by point, what was done there. */
export function readNotes(home: string): ReadonlyMap<string, ReadonlySet<string>> {
  const file = notesIn(home);
  const notes = new Map<string, Set<string>>();
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const [deed = '', point = ''] = line.split(' ');
    if (point !== '') notes.set(point, (notes.get(point) ?? new Set()).add(deed));
  }
  return notes;
}

export function notesIn(home: string): string {
  return join(home, 'points-passed');
}

/** A line for each point. */
export function describeNotes(points: readonly string[], notes: ReturnType<typeof readNotes>): string {
  const lines = points.map((point) => `${point}: ${[...(notes.get(point) ?? ['never'])].join(', ')}\n`);
  return lines.toSorted().join('');
}
