import type { EventLog, LogRecord, Positions, ReadRange, Tail, TopicRange } from '#libs/event-log';
import type { CursorSeal } from '#libs/security';
import { BufferRoom } from './buffer-room.js';
import { Gate } from './gate.js';
import { inSlices } from './in-slices.js';
import { Place } from './place.js';

/** A record on its way to all listeners of its workspace, and the place of those who have heard it. */
export interface Told {
  readonly record: LogRecord;
  readonly place: Place;
}

export interface HubListener {
  readonly workspaceId: string;
  /** In order, all of one turn at once. */
  hear(told: readonly Told[]): void;
}

/** Questions to the log at a time: after a restart a thousand readers resume, and the database has other work too. */
const questionsAtATime = 4;

/** One reader of the log's end a process, for all streams of it. */
export class StreamHub {
  /** What waits for the readers of all streams. */
  readonly room = new BufferRoom();
  private readonly listeners = new Map<string, Set<HubListener>>();
  private readonly gate = new Gate(questionsAtATime);
  private tail: Tail | undefined;
  private turn: Told[] = [];
  private told: Place;

  private constructor(
    private readonly log: EventLog,
    private readonly topic: string,
    private readonly seal: CursorSeal,
  ) {
    this.told = new Place({}, seal);
  }

  static async open(log: EventLog, topic: string, seal: CursorSeal): Promise<StreamHub> {
    const hub = new StreamHub(log, topic, seal);
    hub.tail = await log.tail({
      topic,
      from: 'end',
      onRecord: (record) => {
        const positions = { ...hub.positions(), [record.partition]: record.offset + 1 };
        hub.turn.push({ record, place: new Place(positions, seal) });
      },
      // the log gives no more before these are told
      onTurn: () => hub.tell(hub.turn.splice(0)),
    });
    hub.told = new Place(hub.positions(), seal);
    return hub;
  }

  /** What came from the log up to now, by partition; some of it may be on its way to the listeners yet. */
  positions(): Positions {
    return this.tail?.positions() ?? {};
  }

  /** What every listener has heard. */
  place(): Place {
    return this.told;
  }

  cursor(workspaceId: string, positions: Positions): string {
    return new Place(positions, this.seal).cursor(workspaceId, this.epoch());
  }

  epoch(): string {
    return this.log.epoch();
  }

  knowsEpoch(epoch: string): Promise<boolean> {
    return this.gate.through(() => this.log.knowsEpoch(epoch));
  }

  range(): Promise<TopicRange> {
    return this.gate.through(() => this.log.range(this.topic));
  }

  read(range: Omit<ReadRange, 'topic'>): Promise<readonly LogRecord[]> {
    return this.gate.through(() => this.log.read({ ...range, topic: this.topic }));
  }

  health(): { readonly ok: boolean; readonly reason?: string } {
    return this.tail?.health() ?? { ok: false, reason: 'the stream is not open yet' };
  }

  /** What was given by `positions` before is not told to it. */
  attach(listener: HubListener): void {
    const listeners = this.listeners.get(listener.workspaceId) ?? new Set();
    this.listeners.set(listener.workspaceId, listeners.add(listener));
  }

  detach(listener: HubListener): void {
    const listeners = this.listeners.get(listener.workspaceId);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.listeners.delete(listener.workspaceId);
  }

  async close(): Promise<void> {
    await this.tail?.close();
  }

  /** Listener by listener, not record by record: each gets what is new in one write. */
  private async tell(turn: readonly Told[]): Promise<void> {
    for (const workspaceId of new Set(turn.map(({ record }) => record.workspaceId))) {
      const told = turn.filter(({ record }) => record.workspaceId === workspaceId);
      await inSlices(this.listeners.get(workspaceId) ?? [], (listener) => {
        listener.hear(told);
      });
    }
    this.told = turn.at(-1)?.place ?? this.told;
  }
}
