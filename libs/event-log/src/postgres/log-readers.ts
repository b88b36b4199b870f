import type { BatchHandler, EventLog, Subscription, Tail, TailOptions } from '../event-log.js';
import { defaultMaxBatch } from './reader-limits.js';

interface Closable {
  readonly close: () => Promise<void>;
}

export interface LogReaders extends Closable {
  readonly subscribe: EventLog['subscribe'];
  readonly tail: EventLog['tail'];
}

export interface WantedSubscription {
  readonly group: string;
  readonly topic: string;
  readonly handler: BatchHandler;
  readonly maxBatch: number;
}

export interface ReaderDoors {
  readonly subscribe: (wanted: WantedSubscription) => Promise<Subscription>;
  readonly tail: (options: TailOptions) => Promise<Tail>;
}

/** Everybody in this process who reads; closing lets them end what they are at. */
export function createLogReaders(doors: ReaderDoors): LogReaders {
  const open = new Set<Closable>();
  let isClosed = false;
  const keep = async <Reader extends Closable>(opening: Promise<Reader>): Promise<Reader> => {
    const reader = await opening;
    if (isClosed) {
      await reader.close();
      throw new Error('The log is closed.');
    }
    const kept = {
      ...reader,
      close: async (): Promise<void> => {
        open.delete(kept);
        await reader.close();
      },
    };
    open.add(kept);
    return kept;
  };
  return {
    subscribe: (group, topic, handler, { maxBatch = defaultMaxBatch } = {}) =>
      keep(doors.subscribe({ group, topic, handler, maxBatch })),
    tail: (options) => keep(doors.tail(options)),
    close: async () => {
      isClosed = true;
      await Promise.all([...open].map((reader) => reader.close()));
    },
  };
}
