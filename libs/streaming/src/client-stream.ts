import type { LogRecord, Positions } from '#libs/event-log';
import type { CursorSeal } from '#libs/security';
import { openStreamCursor, sealStreamCursor } from './stream-cursor.js';
import { passes, type StreamFilter } from './stream-filter.js';
import type { StreamHub } from './stream-hub.js';

/** Where frames go: SSE or WebSocket. */
export interface StreamSink {
  /** The subscription stands; nothing after this cursor is missed. Also the heartbeat. */
  mark(cursor: string): void;
  update(cursor: string, record: LogRecord): void;
  /** What lay after the client's cursor is gone or of another epoch: it loads anew, live goes on. */
  expired(cursor: string): void;
  /** Resolves when what was written has mostly gone out. */
  drained(): Promise<void>;
  /** True: the reader is gone, or so much waits for it already that it is cut. */
  isFull(): boolean;
  /** Resolves when the reader was told, or can't be. */
  end(why: StreamEnd): Promise<void>;
}

/** `gone`: the reader itself. `too-slow`, `key-gone` (or its ticket), `restart` (of this process): we end it. */
export type StreamEnd = 'gone' | 'too-slow' | 'key-gone' | 'restart';

export interface StreamOptions {
  readonly hub: StreamHub;
  readonly seal: CursorSeal;
  readonly workspaceId: string;
  readonly filter: StreamFilter;
  readonly sink: StreamSink;
  /** It is over, by whomever. */
  readonly onEnd?: (why: StreamEnd) => void;
}

/** `now`: no cursor; `earliest`: the oldest that is kept. */
export type StreamStart = 'now' | 'earliest' | { readonly epoch: string; readonly positions: Positions };

const pageSize = 500;
/** Live updates that may wait while the past is read. */
const maxPending = 10_000;

/** Null: the cursor is forged or of another workspace. */
export function readStreamStart(seal: CursorSeal, workspaceId: string, cursor: string | undefined): StreamStart | null {
  if (cursor === undefined || cursor === '') return 'now';
  return cursor === 'earliest' ? 'earliest' : openStreamCursor(seal, workspaceId, cursor);
}

/** One client's way through the updates: first what it missed, read from the log, then live, with nothing between lost or seen twice. */
export class ClientStream {
  /** Next offset wanted, by partition. */
  private wanted: Record<number, number> = {};
  private pending: LogRecord[] | null = [];
  private isEnded = false;
  private hasMoved = true;

  constructor(private readonly options: StreamOptions) {}

  async open(start: StreamStart): Promise<void> {
    const { hub, sink } = this.options;
    const listener = {
      workspaceId: this.options.workspaceId,
      hear: (record: LogRecord) => {
        this.hear(record);
      },
    };
    hub.attach(listener);
    this.detach = () => {
      hub.detach(listener);
    };
    const end = { ...hub.positions() };
    const from = await this.from(start, end);
    this.wanted = { ...(from ?? end) };
    if (from === null) sink.expired(this.cursor());
    else sink.mark(this.cursor());
    await this.catchUp(end);
    this.goLive();
  }

  /** Keeps the cursor of a quiet, filtered stream from growing old. */
  heartbeat(): void {
    if (this.isEnded) return;
    if (this.pending !== null) {
      this.cutIfStuck();
      return;
    }
    this.mergeHub();
    if (this.isCut()) return;
    this.options.sink.mark(this.cursor());
  }

  async end(why: StreamEnd): Promise<void> {
    if (this.isEnded) return;
    this.isEnded = true;
    this.detach();
    this.pending = null;
    this.options.onEnd?.(why);
    await this.options.sink.end(why);
  }

  private detach: () => void = () => undefined;

  private async from(start: StreamStart, end: Positions): Promise<Positions | null> {
    if (start === 'now') return end;
    const { log } = this.options.hub;
    if (start !== 'earliest' && start.epoch !== log.epoch() && !(await log.knowsEpoch(start.epoch))) return null;
    const { first, end: last } = await log.range(this.options.hub.topic);
    if (start === 'earliest') return first;
    const isKept = Object.entries(start.positions).every(
      ([partition, offset]) => offset >= (first[Number(partition)] ?? 0) && offset <= (last[Number(partition)] ?? 0),
    );
    return isKept ? start.positions : null;
  }

  private async catchUp(end: Positions): Promise<void> {
    const { hub, workspaceId, sink } = this.options;
    for (const [partition, to] of Object.entries(end).map(([key, value]) => [Number(key), value] as const)) {
      while (!this.isEnded && this.next(partition) < to) {
        const from = this.next(partition);
        const records = await hub.log.read({ topic: hub.topic, workspaceId, partition, from, to, limit: pageSize });
        for (const record of records) {
          this.emit(record);
          // one by one: a page is more than may wait
          await sink.drained();
        }
        if (records.length < pageSize) this.wanted[partition] = to;
        this.hasMoved = true;
      }
    }
  }

  private goLive(): void {
    // synchronous: nothing can be heard between the last of these and the first live one
    for (const record of this.pending ?? []) this.emit(record);
    this.pending = null;
  }

  private hear(record: LogRecord): void {
    if (this.pending === null) {
      this.emit(record);
      return;
    }
    if (!passes(this.options.filter, record)) return;
    this.pending.push(record);
    if (this.pending.length > maxPending) void this.end('too-slow');
  }

  private emit(record: LogRecord): void {
    if (this.isEnded || record.offset < this.next(record.partition)) return;
    this.wanted[record.partition] = record.offset + 1;
    this.hasMoved = true;
    if (!passes(this.options.filter, record)) return;
    if (this.pending === null) this.mergeHub();
    if (this.isCut()) return;
    this.options.sink.update(this.cursor(), record);
  }

  /** Live, whatever the hub has told was heard here too. */
  private mergeHub(): void {
    for (const [key, offset] of Object.entries(this.options.hub.positions())) {
      const partition = Number(key);
      this.wanted[partition] = Math.max(this.next(partition), offset);
    }
  }

  private next(partition: number): number {
    return this.wanted[partition] ?? 0;
  }

  /** Asked before anything is written: one update that is larger than the buffer must not end every stream it is in. */
  private isCut(): boolean {
    if (!this.options.sink.isFull()) return false;
    void this.end('too-slow');
    return true;
  }

  /** The past is given as fast as it is read; who has read none of it since the last heartbeat reads no more. */
  private cutIfStuck(): void {
    if (!this.hasMoved) void this.end('too-slow');
    this.hasMoved = false;
  }

  private cursor(): string {
    const { hub, seal, workspaceId } = this.options;
    return sealStreamCursor(seal, workspaceId, { epoch: hub.log.epoch(), positions: this.wanted });
  }
}
