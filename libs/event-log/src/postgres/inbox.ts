import { isReadable } from '../consuming/schema-version.js';
import type { LogRecord } from '../event-log.js';

/** A record ahead of its turn waits this long for the one before it; then SQL fills the gap. */
const gapMs = 5;

export interface InboxOptions {
  /** Something can be taken or has to be read. */
  readonly wake: () => void;
  /** A partition stopped: it needs a person. */
  readonly stopped: (reason: string) => void;
  /** Beyond it what is handed over is dropped, and SQL reads. */
  readonly maxWaiting: number;
  /** About 1 byte each; the same for a few large records. */
  readonly maxWaitingChars: number;
}

export interface OpenLane {
  readonly partition: number;
  /** The next offset that may come in. */
  readonly next: number;
}

interface Lane {
  readonly partition: number;
  next: number;
  waiting: LogRecord[];
  readonly ahead: Map<number, LogRecord>;
  hasMore: boolean;
  /** SQL gave as much as was asked for: there is more for certain. */
  isBehind: boolean;
  stopped: string | undefined;
}

const newLane = { hasMore: true, isBehind: false, stopped: undefined };
const nobody: ReadonlySet<number> = new Set();

/** What one reader of one topic has before it: for each partition exactly the next records, from memory or from SQL. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #lanes = new Map<number, Lane>();
  #waiting = 0;
  #chars = 0;
  #turn = 0;
  #gapTimer: NodeJS.Timeout | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  open(partition: number, next: number): void {
    this.close(partition);
    this.#lanes.set(partition, { partition, next, waiting: [], ahead: new Map(), ...newLane });
  }

  /** Nothing more comes in on this partition; what came in before can still be taken. */
  stop(partition: number, reason: string): void {
    if (!this.#lanes.has(partition)) this.open(partition, 0);
    const lane = this.#lanes.get(partition);
    if (lane === undefined || lane.stopped !== undefined) return;
    lane.stopped = reason;
    this.#options.stopped(reason);
  }

  close(partition: number): void {
    const lane = this.#lanes.get(partition);
    if (lane === undefined) return;
    for (const record of lane.waiting) this.#uncount(record);
    this.#lanes.delete(partition);
  }

  clear(): void {
    for (const partition of [...this.#lanes.keys()]) this.close(partition);
    clearTimeout(this.#gapTimer);
    this.#gapTimer = undefined;
  }

  isOpen(partition: number): boolean {
    return this.#lanes.has(partition);
  }

  /** SQL has said that nothing is there. */
  isAtEnd(partition: number): boolean {
    const lane = this.#lanes.get(partition);
    return lane?.stopped === undefined && lane?.hasMore === false && lane.waiting.length === 0;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Of partitions other than these. */
  waitingBeside(busy: ReadonlySet<number>): number {
    let count = 0;
    for (const { partition, waiting } of this.#lanes.values()) if (!busy.has(partition)) count += waiting.length;
    return count;
  }

  /** SQL has more of partitions other than these, and there is room for it. */
  isBehindBeside(busy: ReadonlySet<number>): boolean {
    if (this.#isFull()) return false;
    return [...this.#lanes.values()].some(
      ({ partition, isBehind, stopped }) => isBehind && stopped === undefined && !busy.has(partition),
    );
  }

  get stopped(): readonly string[] {
    return [...this.#lanes.values()].flatMap(({ stopped }) => stopped ?? []);
  }

  /** Partitions on which something may come in, and from where. None while there is enough to take. */
  get wanted(): readonly OpenLane[] {
    return this.#isFull() ? [] : [...this.#lanes.values()].filter(({ stopped }) => stopped === undefined);
  }

  /** Partitions that SQL has to be asked for now; `fill` takes the answer. */
  toRead(): readonly OpenLane[] {
    const lanes = [...this.#lanes.values()].filter(({ hasMore, stopped }) => hasMore && stopped === undefined);
    // before the question: what is announced while it is under way asks again
    for (const lane of lanes) lane.hasMore = false;
    return lanes;
  }

  /** There may be more than we were handed. */
  suspectMore(): void {
    for (const lane of this.#lanes.values()) lane.hasMore = true;
    if (this.#lanes.size > 0) this.#options.wake();
  }

  /** From memory, as soon as it is committed: a mere short cut. */
  handOver(records: readonly LogRecord[]): void {
    let isNews = false;
    for (const record of records) {
      const lane = this.#lanes.get(record.partition);
      if (lane === undefined || lane.stopped !== undefined || record.offset < lane.next) continue;
      isNews = true;
      if (this.#isFull()) this.#forgetAhead(lane);
      else if (record.offset === lane.next) this.#push(lane, record);
      else this.#keepAhead(lane, record);
    }
    if (isNews) this.#options.wake();
  }

  /** From SQL, in order, read from the offsets that `toRead` gave; `isAll`: there was nothing behind them. */
  fill(asked: OpenLane, records: readonly LogRecord[], isAll: boolean): void {
    const lane = this.#lanes.get(asked.partition);
    // closed and opened anew meanwhile: this answer is to an older question
    if (lane === undefined || lane !== asked) return;
    lane.isBehind = !isAll;
    if (!isAll) lane.hasMore = true;
    for (const record of records) {
      if (record.offset > lane.next) {
        this.stop(
          lane.partition,
          `Partition ${lane.partition}: the records from ${lane.next} to ${record.offset - 1} are gone.`,
        );
      }
      if (record.offset === lane.next) this.#push(lane, record);
    }
    for (const offset of lane.ahead.keys()) if (offset < lane.next) lane.ahead.delete(offset);
  }

  /** The next records, in order per partition, every partition in its turn but those that are busy. */
  take(maxRecords: number, maxChars: number, busy = nobody): readonly LogRecord[] {
    const lanes = [...this.#lanes.values()].filter(({ partition }) => !busy.has(partition));
    const taken: LogRecord[] = [];
    let chars = 0;
    this.#turn += 1;
    for (let index = 0; index < lanes.length; index += 1) {
      const lane = lanes[(index + this.#turn) % lanes.length];
      if (lane === undefined) continue;
      const end = lane.waiting.findIndex((record, ahead) => {
        chars += record.value.length;
        const count = taken.length + ahead;
        return count >= maxRecords || (count > 0 && chars > maxChars);
      });
      const records = lane.waiting.splice(0, end === -1 ? lane.waiting.length : end);
      for (const record of records) this.#uncount(record);
      taken.push(...records);
      if (end !== -1) break;
    }
    return taken;
  }

  #isFull(): boolean {
    return this.#waiting >= this.#options.maxWaiting || this.#chars >= this.#options.maxWaitingChars;
  }

  #forgetAhead(lane: Lane): void {
    lane.ahead.clear();
    lane.hasMore = true;
  }

  #keepAhead(lane: Lane, record: LogRecord): void {
    lane.ahead.set(record.offset, record);
    if (lane.ahead.size > this.#options.maxWaiting) this.#forgetAhead(lane);
    this.#gapTimer ??= setTimeout(() => {
      this.#gapTimer = undefined;
      for (const each of this.#lanes.values()) if (each.ahead.size > 0) this.#forgetAhead(each);
      this.#options.wake();
    }, gapMs);
  }

  #push(lane: Lane, record: LogRecord): void {
    for (let next: LogRecord | undefined = record; next !== undefined; next = lane.ahead.get(lane.next)) {
      lane.ahead.delete(next.offset);
      if (!isReadable(next)) {
        const version = next.headers['schema-version'] ?? '';
        this.stop(
          lane.partition,
          `Partition ${lane.partition} stopped at ${next.offset}: its schema ${version} is of a newer version.`,
        );
      }
      if (lane.stopped !== undefined) return;
      lane.waiting.push(next);
      lane.next = next.offset + 1;
      this.#waiting += 1;
      this.#chars += next.value.length;
    }
  }

  #uncount(record: LogRecord): void {
    this.#waiting -= 1;
    this.#chars -= record.value.length;
  }
}
