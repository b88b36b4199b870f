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
  const keep = <Reader extends Closable>(reader: Reader): Reader => {
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
    subscribe: async (group, topic, handler, { maxBatch = defaultMaxBatch } = {}) =>
      keep(await openSubscription(context, { consumer: { group, topic }, handler, maxBatch, appendIn })),
    tail: async (options) => keep(await openTail(context, options)),
    close: async () => {
      await Promise.all([...open].map((reader) => reader.close()));
    },
  };
}
