import type { EventLog, LogRecord, Positions, Tail } from '#libs/event-log';

export interface HubListener {
  readonly workspaceId: string;
  hear(record: LogRecord): void;
}

/** One reader of the log's end a process, for all streams of it. */
export class StreamHub {
  private readonly listeners = new Map<string, Set<HubListener>>();
  private tail: Tail | undefined;

  private constructor(
    readonly log: EventLog,
    readonly topic: string,
  ) {}

  static async open(log: EventLog, topic: string): Promise<StreamHub> {
    const hub = new StreamHub(log, topic);
    hub.tail = await log.tail({
      topic,
      from: 'end',
      onRecord: (record) => {
        hub.tell(record);
      },
    });
    return hub;
  }

  /** What every listener has heard up to now, by partition. */
  positions(): Positions {
    return this.tail?.positions() ?? {};
  }

  health(): { readonly ok: boolean; readonly reason?: string } {
    return this.tail?.health() ?? { ok: false, reason: 'the stream is not open yet' };
  }

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

  private tell(record: LogRecord): void {
    for (const listener of this.listeners.get(record.workspaceId) ?? []) listener.hear(record);
  }
}
