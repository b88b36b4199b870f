import type { EventLog } from '../event-log.js';
import type { LogContext } from './log-context.js';
import type { LogWriter } from './log-writer.js';
import { openSubscription } from './open-subscription.js';
import { openTail } from './open-tail.js';
import { defaultMaxBatch } from './reader-limits.js';

interface Closable {
  readonly close: () => Promise<void>;
}

export interface LogReaders extends Closable {
  readonly subscribe: EventLog['subscribe'];
  readonly tail: EventLog['tail'];
}

/** Everybody in this process who reads; closing lets them end what they are at. */
export function createLogReaders(context: LogContext, { appendIn }: LogWriter): LogReaders {
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
      keep(openSubscription(context, { consumer: { group, topic }, handler, maxBatch, appendIn })),
    tail: (options) => keep(openTail(context, options)),
    close: async () => {
      isClosed = true;
      await Promise.all([...open].map((reader) => reader.close()));
    },
  };
}
