import { backOffMs } from '../consuming/back-off.js';
import { describeError } from '../consuming/describe-error.js';
import { groupBy } from '../consuming/group-by.js';
import { Signal } from '../consuming/signal.js';
import { OutOfStepError } from '../consuming/steps.js';
import type { LogRecord } from '../event-log.js';
import { FailingPartitions } from './failing-partitions.js';
import { Inbox } from './inbox.js';
import { maxBatchChars, maxWaiting, maxWaitingChars, pollMs } from './reader-limits.js';

/** Where the records of a subscriber come from, and how a batch of them is passed. */
export interface LaneSource {
  /** What this process appends may come from memory. */
  readonly takesHandOver: boolean;
  /** Opens partitions where the group stands; one whose records are not all there stays stopped. */
  open(inbox: Inbox, partitions: readonly number[]): Promise<void>;
  /** Fills the inbox, now or when there is something: then the inbox wakes its owner. */
  read(inbox: Inbox, limit: number): Promise<void>;
  pass(batch: readonly LogRecord[]): Promise<void>;
  /** Why nothing may come, as far as it does not. */
  problems(): readonly string[];
  /** For how long those whom it reads from have not answered. */
  unansweredMs(): number;
  close(): Promise<void>;
}

export interface SubscriberOptions {
  readonly name: string;
  readonly source: LaneSource;
  readonly maxBatch: number;
  /** Batches of different partitions side by side, with a backlog. */
  readonly maxUnderWay: number;
  readonly onProblem: (message: string, error?: unknown) => void;
  readonly onAlarm: (message: string) => void;
}

/**
 * One loop of one member: brings the records of the partitions that it owns to the handler, a batch in one transaction. While
 * one is under way the next ones gather; only with a backlog do batches of other partitions go side by side with it.
 */
export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #signal = new Signal();
  readonly #failing = new FailingPartitions();
  readonly inbox: Inbox;
  #owned: readonly number[] = [];
  #failures = 0;
  #problem: string | undefined;
  /** When each batch began, and its partitions. */
  readonly #underWay = new Map<Promise<void>, { since: number; partitions: ReadonlySet<number> }>();
  /** When what is done between batches began: opening and reading. */
  #stepSince = Number.POSITIVE_INFINITY;
  #isClosing = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.inbox = new Inbox({ wake: this.#signal.set, stopped: options.onAlarm, maxWaiting, maxWaitingChars });
  }

  start(): void {
    this.#running = this.#run();
  }

  readonly own = (partitions: readonly number[]): void => {
    for (const partition of this.#owned) {
      if (partitions.includes(partition)) continue;
      this.inbox.close(partition);
      this.#failing.succeed(partition);
    }
    this.#owned = partitions;
    this.#signal.set();
  };

  /** A batch has not come to an end for so long, or nothing that it could be made of has come in. */
  isStuckFor(ms: number): boolean {
    const since = Math.min(...[...this.#underWay.values()].map(({ since: began }) => began), this.#stepSince);
    return performance.now() - since > ms || this.unansweredMs() > ms;
  }

  /** For how long others than PostgreSQL have not answered, before a batch or in it. */
  readonly unansweredMs = (): number => Math.max(this.#options.source.unansweredMs(), this.#failing.unansweredMs);

  /** Why records do not get through, as far as they do not. */
  problems(): readonly string[] {
    const own = this.#problem === undefined ? [] : [this.#problem];
    return [...own, ...this.#options.source.problems(), ...this.#failing.reasons, ...this.inbox.stopped];
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#signal.set();
    await this.#running;
    await this.#options.source.close();
    this.inbox.clear();
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      this.#stepSince = performance.now();
      const waitMs = await this.#step().catch((error: unknown) => this.#startAgain(error));
      this.#stepSince = Number.POSITIVE_INFINITY;
      if (waitMs === 0) continue;
      const isWoken = await this.#signal.wait(waitMs);
      if (!isWoken) this.inbox.suspectMore();
    }
    await Promise.all(this.#underWay.keys());
  }

  /** Resolves with how long there is nothing to do. */
  async #step(): Promise<number> {
    const { maxBatch, source } = this.#options;
    const busy = this.#busy();
    if (busy.size > 0 && !this.#isBacklog(busy)) return pollMs;
    const due = this.#owned.filter(
      (partition) => !busy.has(partition) && !this.inbox.isOpen(partition) && this.#failing.isDue(partition),
    );
    if (due.length > 0) await source.open(this.inbox, due);
    if (this.inbox.waitingBeside(busy) < maxBatch) await source.read(this.inbox, maxBatch);
    // somebody else has passed what failed here
    for (const partition of due) if (this.inbox.isAtEnd(partition)) this.#failing.succeed(partition);
    this.#problem = undefined;
    this.#failures = 0;
    if (busy.size > 0 && this.inbox.waitingBeside(busy) < maxBatch) return pollMs;
    const batch = this.inbox.take(maxBatch, maxBatchChars, busy);
    if (batch.length === 0) return Math.min(pollMs, this.#failing.waitMs);
    this.#begin(batch);
    return 0;
  }

  /** Another full batch can be had beside what is under way. */
  #isBacklog(busy: ReadonlySet<number>): boolean {
    if (this.#underWay.size >= this.#options.maxUnderWay) return false;
    return this.inbox.waitingBeside(busy) >= this.#options.maxBatch || this.inbox.isBehindBeside(busy);
  }

  #busy(): ReadonlySet<number> {
    return new Set([...this.#underWay.values()].flatMap(({ partitions }) => [...partitions]));
  }

  #begin(batch: readonly LogRecord[]): void {
    const partitions = new Set(batch.map(({ partition }) => partition));
    const passed = this.#pass(batch).finally(() => {
      this.#underWay.delete(passed);
      this.#signal.set();
    });
    this.#underWay.set(passed, { since: performance.now(), partitions });
  }

  async #pass(batch: readonly LogRecord[]): Promise<void> {
    const lanes = groupBy(batch, ({ partition }) => partition);
    try {
      await this.#options.source.pass(batch);
      for (const partition of lanes.keys()) this.#failing.succeed(partition);
    } catch (error) {
      // one partition's trouble is its own: each is tried alone before it backs off
      const [partition, ...others] = lanes.keys();
      if (partition !== undefined && others.length === 0) this.#fail(partition, error);
      else for (const lane of lanes.values()) if (!this.#isClosing) await this.#pass(lane);
    }
  }

  /** Forgets what this partition held in memory; the database says where it goes on. */
  #fail(partition: number, error: unknown): void {
    this.inbox.close(partition);
    if (error instanceof OutOfStepError) {
      this.#failing.succeed(partition);
      return;
    }
    const isFirst = this.#failing.fail(partition, error);
    if (isFirst)
      this.#options.onProblem(`${this.#options.name}: partition ${partition} fails and is tried again`, error);
  }

  #startAgain(error: unknown): number {
    this.inbox.clear();
    this.#failures += 1;
    this.#problem = `Cannot read: ${describeError(error)}`;
    if (this.#failures === 1) this.#options.onProblem(`${this.#options.name}: cannot read and tries again`, error);
    return backOffMs(this.#failures);
  }
}
