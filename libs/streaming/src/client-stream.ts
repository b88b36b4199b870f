import type { LogRecord, Positions } from '#libs/event-log';
import type { CursorSeal } from '#libs/security';
import type { Place } from './place.js';
import { openStreamCursor } from './stream-cursor.js';
import { passes, type StreamFilter } from './stream-filter.js';
import type { StreamHub, Told } from './stream-hub.js';

/** Where frames go: SSE or WebSocket. */
export interface StreamSink {
  /** The subscription stands; nothing after this cursor is missed. Also the heartbeat. */
  mark(cursor: string): void;
  update(cursor: string, record: LogRecord): void;
  /** What lay after the client's cursor is gone or of another epoch: it loads anew, live goes on. */
  expired(cursor: string): void;
  /** Resolves when what was written has mostly gone out. */
  drained(): Promise<void>;
  /** What is written meanwhile goes out in one go. */
  together(work: () => void): void;
  isGone(): boolean;
  /** Bytes that the reader has not taken yet. */
  waiting(): number;
  /** Resolves when the reader was told, or can't be. */
  end(why: StreamEnd): Promise<void>;
}

/** `gone`: the reader itself. `too-slow`, `key-gone` (or its ticket), `restart` (of this process): we end it. */
export type StreamEnd = 'gone' | 'too-slow' | 'key-gone' | 'restart';

export interface StreamOptions {
  readonly hub: StreamHub;
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
  private wanted: Positions = {};
  private pending: Told[] | null = [];
  private isEnded = false;
  private hasMoved = true;

  constructor(private readonly options: StreamOptions) {}

  async open(start: StreamStart): Promise<void> {
    const { hub, sink, workspaceId } = this.options;
    const listener = {
      workspaceId,
      hear: (told: readonly Told[]) => {
        this.hear(told);
      },
    };
    hub.attach(listener);
    this.detach = () => {
      hub.detach(listener);
    };
    const end = hub.positions();
    const from = await this.from(start, end);
    this.wanted = from ?? end;
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
    const cursor = this.moveTo(this.options.hub.place());
    if (this.isCut()) return;
    this.options.sink.mark(cursor());
  }

  async end(why: StreamEnd): Promise<void> {
    if (this.isEnded) return;
    this.isEnded = true;
    this.detach();
    this.pending = null;
    this.options.hub.room.leave(this);
    this.options.onEnd?.(why);
    await this.options.sink.end(why);
  }

  private detach: () => void = () => undefined;

  private async from(start: StreamStart, end: Positions): Promise<Positions | null> {
    if (start === 'now') return end;
    const { hub } = this.options;
    if (start !== 'earliest' && start.epoch !== hub.epoch() && !(await hub.knowsEpoch(start.epoch))) return null;
    const { first, end: last } = await hub.range();
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
        const records = await hub.read({ workspaceId, partition, from: this.next(partition), to, limit: pageSize });
        for (const record of records) {
          this.emit(record);
          // one by one: a page is more than may wait
          await sink.drained();
        }
        if (records.length < pageSize) this.wanted = { ...this.wanted, [partition]: to };
        this.hasMoved = true;
      }
    }
  }

  private goLive(): void {
    // synchronous: nothing can be heard between the last of these and the first live one
    const missed = this.pending ?? [];
    this.pending = null;
    this.hear(missed);
  }

  private hear(told: readonly Told[]): void {
    if (this.isEnded) return;
    if (this.pending !== null) {
      this.pending.push(...told.filter(({ record }) => passes(this.options.filter, record)));
      if (this.pending.length > maxPending) void this.end('too-slow');
      return;
    }
    this.options.sink.together(() => {
      for (const one of told) this.tell(one);
    });
  }

  /** What waits for the reader in this process. */
  bufferedBytes(): number {
    return this.options.sink.waiting();
  }

  /** What was missed. */
  private emit(record: LogRecord): void {
    if (this.isEnded) return;
    this.wanted = { ...this.wanted, [record.partition]: record.offset + 1 };
    this.hasMoved = true;
    if (passes(this.options.filter, record) && !this.isCut()) this.options.sink.update(this.cursor(), record);
  }

  /** What is new. */
  private tell({ record, place }: Told): void {
    if (this.isEnded || record.offset < this.next(record.partition)) return;
    const cursor = this.moveTo(place);
    if (passes(this.options.filter, record) && !this.isCut()) this.options.sink.update(cursor(), record);
  }

  /** Live, whatever the hub has told up to there was heard here too. A cursor of another process may be ahead of our hub. */
  private moveTo(place: Place): () => string {
    if (!place.isBehind(this.wanted)) {
      this.wanted = place.positions;
      return () => place.cursor(this.options.workspaceId, this.options.hub.epoch());
    }
    const own = { ...this.wanted };
    for (const [partition, offset] of Object.entries(place.positions))
      own[Number(partition)] = Math.max(this.next(Number(partition)), offset);
    this.wanted = own;
    return () => this.cursor();
  }

  private next(partition: number): number {
    return this.wanted[partition] ?? 0;
  }

  /** Asked before anything is written: one update that is larger than the buffer must not end every stream it is in. */
  private isCut(): boolean {
    const { hub, sink } = this.options;
    if (!sink.isGone() && hub.room.take(this, sink.waiting())) return false;
    void this.end('too-slow');
    return true;
  }

  /** The past is given as fast as it is read; who has read none of it since the last heartbeat reads no more. */
  private cutIfStuck(): void {
    if (!this.hasMoved) void this.end('too-slow');
    this.hasMoved = false;
  }

  private cursor(): string {
    return this.options.hub.cursor(this.options.workspaceId, this.wanted);
  }
}
