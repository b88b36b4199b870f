import { backOffMs } from '../consuming/back-off.js';
import { describeError } from '../consuming/describe-error.js';
import { Signal } from '../consuming/signal.js';
import type { LogRecord, Positions } from '../event-log.js';
import { Inbox } from './inbox.js';
import { maxWaiting, maxWaitingChars, pollMs } from './reader-limits.js';

/** Delivered in one turn of the event loop; then others have theirs. */
const maxPerTurn = 200;
const pageRecords = 500;

export interface TailReaderOptions {
  readonly topic: string;
  /** Fills the inbox, now or when there is something: then the inbox wakes its owner. */
  readonly read: (inbox: Inbox, limit: number) => Promise<void>;
  /** Why nothing may come, beside what `read` says itself. */
  readonly sourceProblems?: () => readonly string[];
  readonly onRecord: (record: LogRecord) => void;
  readonly onTurn: (() => Promise<void>) | undefined;
  readonly onProblem: (message: string, error?: unknown) => void;
  readonly onAlarm: (message: string, error?: unknown) => void;
}

/** Reads a topic on for one listener, without a group: where it stands is only here. */
export class TailReader {
  readonly #options: TailReaderOptions;
  readonly #signal = new Signal();
  readonly #delivered = new Map<number, number>();
  readonly inbox: Inbox;
  #failures = 0;
  #problem: string | undefined;
  #isClosing = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: TailReaderOptions) {
    this.#options = options;
    this.inbox = new Inbox({ wake: this.#signal.set, stopped: this.#options.onAlarm, maxWaiting, maxWaitingChars });
  }

  start(from: Positions): void {
    for (const [partition, position] of Object.entries(from)) {
      this.#delivered.set(Number(partition), position);
    }
    this.#running = this.#run();
  }

  positions(): Positions {
    return Object.fromEntries(this.#delivered);
  }

  problems(): readonly string[] {
    const own = this.#problem === undefined ? [] : [this.#problem];
    return [...own, ...(this.#options.sourceProblems?.() ?? []), ...this.inbox.stopped];
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#signal.set();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const waitMs = await this.#read().catch((error: unknown) => this.#startAgain(error));
      if ((await this.#deliver()) > 0) await new Promise(setImmediate);
      else if (!(await this.#signal.wait(waitMs))) this.inbox.suspectMore();
    }
    this.inbox.clear();
  }

  /** Resolves with how long to wait when nothing came of it. */
  async #read(): Promise<number> {
    for (const [partition, next] of this.#delivered) {
      if (!this.inbox.isOpen(partition)) this.inbox.open(partition, next);
    }
    if (this.inbox.waiting < pageRecords) await this.#options.read(this.inbox, pageRecords);
    this.#problem = undefined;
    this.#failures = 0;
    return pollMs;
  }

  /** Forgets what it held in memory and goes on behind what was delivered. */
  #startAgain(error: unknown): number {
    this.inbox.clear();
    this.#failures += 1;
    this.#problem = `Cannot read: ${describeError(error)}`;
    if (this.#failures === 1) this.#options.onProblem(`${this.#name()}: cannot read and tries again`, error);
    return backOffMs(this.#failures);
  }

  /** How many records the listener took. When it throws the tail ends. */
  async #deliver(): Promise<number> {
    const records = this.inbox.take(maxPerTurn, Number.POSITIVE_INFINITY);
    try {
      for (const record of records) {
        if (this.#isClosing) break;
        this.#options.onRecord(record);
        this.#delivered.set(record.partition, record.offset + 1);
      }
      if (records.length > 0) await this.#options.onTurn?.();
    } catch (error) {
      this.#isClosing = true;
      this.#problem = `Ended, the listener failed: ${describeError(error)}`;
      this.#options.onAlarm(`${this.#name()} ended`, error);
    }
    return records.length;
  }

  #name(): string {
    return `Tail of ${this.#options.topic}`;
  }
}
