import { appendFileSync } from 'node:fs';
import { descendantsOf, sendSignal } from '../harness/process-tree.js';
import type { Fault } from './fault.js';

/** What a caller hears whose answer got lost after the other side had done its part. */
class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}

interface Armed {
  readonly fault: Fault;
  left: number;
}

const stopsWithinMs = 100;

/** The points that this process passes, and what it was told to do at them. Every point is noted once in the file. */
export class Points {
  private readonly noted = new Set<string>();
  private armed: Armed[] = [];
  private readonly held = new Map<string, () => void>();

  constructor(
    private readonly file: string,
    private readonly tell: (reached: string) => void,
  ) {}

  arm(fault: Fault): void {
    this.armed.push({ fault, left: fault.nth ?? 1 });
  }

  /** Lets go on what is held at a point. */
  release(point: string): void {
    this.held.get(point)?.();
    this.held.delete(point);
  }

  /** `about`: whatever the call is about, in words. Answers a promise only where the call is to wait. */
  pass(point: string, about: string): Promise<void> | undefined {
    this.note('passed', point);
    const met = this.armed.filter(({ fault }) => fault.point === point && about.includes(fault.about ?? ''));
    for (const one of met) one.left -= 1;
    const due = met.find(({ left }) => left === 0);
    if (due === undefined) return undefined;
    this.armed = this.armed.filter((one) => one !== due);
    return this.act(due.fault);
  }

  /** A function with a point before and one after it, whether or not it answers a promise. */
  around<Given extends unknown[], Answer>(
    name: string,
    call: (...given: Given) => Answer,
    aboutOf: (...given: Given) => string,
  ): (...given: Given) => Answer {
    return (...given) => {
      const about = aboutOf(...given);
      const held = this.pass(`${name}.before`, about);
      const answer = held === undefined ? call(...given) : (held.then(() => call(...given)) as Answer);
      if (answer instanceof Promise) return answer.then((value: unknown) => this.pastIt(name, about, value)) as Answer;
      void this.pass(`${name}.${pastOf(name)}`, about);
      return answer;
    };
  }

  /** A port with points around each of its methods. */
  aroundAll<Port extends object>(name: string, port: Port, about: string | ((...given: unknown[]) => string)): Port {
    const aboutOf = typeof about === 'string' ? (): string => about : about;
    const dressed = Object.entries(port as Record<string, unknown>)
      .filter((entry): entry is [string, (...given: unknown[]) => unknown] => typeof entry[1] === 'function')
      .map(([method, call]) => [method, this.around(`${name}.${method}`, call, aboutOf)] as const);
    return { ...port, ...Object.fromEntries(dressed) };
  }

  private async pastIt(name: string, about: string, value: unknown): Promise<unknown> {
    await this.pass(`${name}.${pastOf(name)}`, about);
    return value;
  }

  private act({ point, deed }: Fault): Promise<void> | undefined {
    this.note(deed, point);
    switch (deed) {
      case 'kill':
        end(process.pid);
        return undefined;
      case 'kill-all':
        for (const { pid } of descendantsOf(process.pid)) sendSignal(pid, 'SIGKILL');
        end(process.pid);
        return undefined;
      case 'stop':
        sendSignal(process.pid, 'SIGSTOP');
        sleepHard();
        return undefined;
      case 'lose':
        this.tell(point);
        throw new LostAnswer('The connection ended before the answer came.');
      case 'hold':
        this.tell(point);
        return new Promise((resolve) => this.held.set(point, resolve));
    }
  }

  private note(what: string, point: string): void {
    const line = `${what} ${point}\n`;
    if (this.noted.has(line)) return;
    this.noted.add(line);
    appendFileSync(this.file, line);
  }
}

/** The source answers. */
function pastOf(name: string): string {
  return name.startsWith('graph.') ? 'answered' : 'after';
}

function end(pid: number): void {
  sendSignal(pid, 'SIGKILL');
  sleepHard();
}

/** A signal reaches a process with many threads a moment later: not a statement of it may run in between. */
function sleepHard(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stopsWithinMs);
}
