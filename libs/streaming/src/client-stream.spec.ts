import type { EventLog, LogRecord, Positions, TailOptions } from '#libs/event-log';
import { openCursorSeal } from '#libs/security';
import { ClientStream, type StreamSink, type StreamStart } from './client-stream.js';
import { openStreamCursor } from './stream-cursor.js';
import { StreamHub } from './stream-hub.js';

const workspaceId = 'w1';
const seal = openCursorSeal([{ id: 'k', key: Buffer.alloc(32, 7) }]);

/** A log of two partitions in memory, whose tail tells when it is told to. */
class LogInMemory {
  readonly records: LogRecord[] = [];
  readonly partitions = 2;
  private told: Positions = { 0: 0, 1: 0 };
  private options: TailOptions | undefined;

  append(partition: number, of = workspaceId): void {
    const offset = this.records.filter((record) => record.partition === partition).length;
    const value = `${partition}/${offset}`;
    const place = { topic: 't', key: value, partition, offset, appendedAt: new Date(0) };
    this.records.push({ ...place, workspaceId: of, headers: {}, value });
  }

  /** Resolves when all have heard what the tail has not told yet. */
  async turn(): Promise<void> {
    for (const record of this.records.filter(({ partition, offset }) => offset >= (this.told[partition] ?? 0))) {
      this.options?.onRecord(record);
      this.told = { ...this.told, [record.partition]: record.offset + 1 };
    }
    await this.options?.onTurn?.();
  }

  asLog(): EventLog {
    const end = (): Positions =>
      Object.fromEntries([0, 1].map((p) => [p, this.records.filter((r) => r.partition === p).length]));
    return {
      epoch: () => 'e',
      knowsEpoch: () => Promise.resolve(false),
      range: () => Promise.resolve({ first: { 0: 0, 1: 0 }, end: end() }),
      read: ({ partition, from, to }: { partition: number; from: number; to: number }) =>
        Promise.resolve(
          this.records.filter(
            (r) => r.partition === partition && r.workspaceId === workspaceId && r.offset >= from && r.offset < to,
          ),
        ),
      tail: (options: TailOptions) => {
        this.options = options;
        return Promise.resolve({
          positions: () => this.told,
          health: () => ({ ok: true }),
          close: () => Promise.resolve(),
        });
      },
    } as unknown as EventLog;
  }
}

class Reader {
  readonly heard: string[] = [];
  readonly cursors: string[] = [];
  /** Held for so long by each update, ms. */
  slowMs = 0;
  buffered = 0;
  ended: string | undefined;

  sink(): StreamSink {
    const keep = (cursor: string): void => void this.cursors.push(cursor);
    return {
      mark: keep,
      expired: keep,
      update: (cursor, record) => {
        for (const until = performance.now() + this.slowMs; performance.now() < until;);
        this.heard.push(record.value);
        keep(cursor);
      },
      drained: () => Promise.resolve(),
      together: (work) => {
        work();
      },
      isGone: () => false,
      waiting: () => this.buffered,
      end: (why) => {
        this.ended = why;
        return Promise.resolve();
      },
    };
  }

  get positions(): Positions | undefined {
    return openStreamCursor(seal, workspaceId, this.cursors.at(-1) ?? '')?.positions;
  }
}

describe('the streams of a process', () => {
  let log: LogInMemory;
  let hub: StreamHub;

  const open = async (start: StreamStart = 'now'): Promise<{ reader: Reader; stream: ClientStream }> => {
    const reader = new Reader();
    const stream = new ClientStream({ hub, workspaceId, filter: {}, sink: reader.sink() });
    await stream.open(start);
    return { reader, stream };
  };

  beforeEach(async () => {
    log = new LogInMemory();
    hub = await StreamHub.open(log.asLog(), 't', seal);
  });

  it('share one cursor where they stand at the same place, also in their heartbeats', async () => {
    const [one, other] = [await open(), await open()];
    log.append(0);
    log.append(1, 'another workspace');
    log.append(0);
    await log.turn();
    for (const { stream } of [one, other]) stream.heartbeat();
    expect(one.reader.heard).toEqual(['0/0', '0/1']);
    expect(other.reader.heard).toEqual(one.reader.heard);
    expect(other.reader.cursors.slice(1)).toEqual(one.reader.cursors.slice(1));
    expect(one.reader.positions).toEqual({ 0: 2, 1: 1 });
  });

  it('hear all once, whether they open before, within or after a turn', async () => {
    const early = await open();
    early.reader.slowMs = 10;
    for (let n = 0; n < 3; n += 1) await open();
    log.append(0);
    log.append(1);
    const turn = log.turn();
    const within = await open();
    const resumed = await open('earliest');
    await turn;
    log.append(0);
    await log.turn();
    expect(early.reader.heard).toEqual(['0/0', '1/0', '0/1']);
    expect(within.reader.heard).toEqual(['0/1']);
    expect(resumed.reader.heard).toEqual(['0/0', '1/0', '0/1']);
  });

  it('never go back behind a cursor of another process that was ahead of this one', async () => {
    log.append(0);
    log.append(0);
    log.append(1);
    const { reader, stream } = await open({ epoch: 'e', positions: { 0: 1, 1: 0 } });
    log.append(1);
    await log.turn();
    stream.heartbeat();
    expect(reader.heard).toEqual(['0/1', '1/0', '1/1']);

    const ahead = new Reader();
    for (const partition of [0, 0, 1]) log.append(partition);
    const own = new ClientStream({ hub, workspaceId, filter: {}, sink: ahead.sink() });
    await own.open({ epoch: 'e', positions: { 0: 4, 1: 2 } });
    own.heartbeat();
    expect(ahead.positions).toEqual({ 0: 4, 1: 2 });
    await log.turn();
    expect(ahead.heard).toEqual(['1/2']);
    expect(ahead.positions).toEqual({ 0: 4, 1: 3 });
  });

  it('are cut when too much waits, alone', async () => {
    const [slow, quick] = [await open(), await open()];
    slow.reader.buffered = 5 * 1024 * 1024;
    log.append(0);
    await log.turn();
    expect([slow.reader.ended, slow.reader.heard]).toEqual(['too-slow', []]);
    expect([quick.reader.ended, quick.reader.heard]).toEqual([undefined, ['0/0']]);
  });
});
