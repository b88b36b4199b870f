import { setTimeout as delay } from 'node:timers/promises';
import type { StorableRecord } from './log-append.js';
import { OpenAppends, type OpenAppend } from './open-append.js';

/** What a refusal means: it is of one record's making; nothing was written, so all may go out again; neither is known. */
export type Refusal = 'record' | 'again' | 'unknown';

export interface AppendBatcherOptions {
  /** One statement. Rejects when the records are not known to be safe. */
  readonly write: (records: readonly StorableRecord[]) => Promise<void>;
  readonly judge: (error: unknown) => Refusal;
  /** Flushes follow one another at most this often: each costs two processes a wake-up, however little it holds. */
  readonly paceMs: number;
  readonly deadlineMs: number;
  readonly maxRows: number;
  readonly maxChars: number;
}

export interface AppendBatcher {
  append(records: readonly StorableRecord[]): Promise<void>;
  /** Writes what waits. */
  drain(): Promise<void>;
}

interface Item {
  readonly record: StorableRecord;
  readonly append: OpenAppend;
}

/** Nobody waits any more for the others. */
function openOf(items: readonly Item[]): readonly Item[] {
  return items.filter(({ append }) => !append.isSettled);
}

/** Group commit: what arrives while a flush is under way goes into the next one. */
export function createAppendBatcher(options: AppendBatcherOptions): AppendBatcher {
  const { write, judge, paceMs, deadlineMs, maxRows, maxChars } = options;
  let waiting: Item[] = [];
  let flushing: Promise<void> | undefined;
  const appends = new OpenAppends(deadlineMs);

  const store = async (items: readonly Item[]): Promise<void> => {
    if (items.length === 0) return;
    try {
      await write(items.map(({ record }) => record));
      for (const { append } of items) append.stored();
    } catch (error) {
      const refusal = judge(error);
      if (refusal === 'again') return store(openOf(items));
      if (items.length > 1 && refusal === 'record') {
        const middle = Math.ceil(items.length / 2);
        await store(items.slice(0, middle));
        return store(items.slice(middle));
      }
      for (const { append } of items) append.fail(error);
    }
  };

  const takeFlush = (): readonly Item[] => {
    let chars = 0;
    const cut = waiting.findIndex(({ record }, index) => {
      chars += record.value.length + record.headersText.length;
      return index === maxRows || (index > 0 && chars > maxChars);
    });
    const taken = cut === -1 ? waiting : waiting.slice(0, cut);
    waiting = cut === -1 ? [] : waiting.slice(cut);
    return openOf(taken);
  };

  const flushAll = async (): Promise<void> => {
    // what arrived in this turn of the event loop goes into the same flush
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const paced = paceMs === 0 ? undefined : delay(paceMs);
      const items = takeFlush();
      await appends.whileAwaited(items, store(items));
      // more has come meanwhile: the next flush takes along what comes within the pace
      if (waiting.length > 0) await paced;
    }
    flushing = undefined;
  };

  return {
    append: (records) => {
      if (records.length === 0) return Promise.resolve();
      const append = appends.add(records.length);
      for (const record of records) waiting.push({ record, append });
      flushing ??= flushAll();
      return append.result;
    },
    drain: async () => {
      await flushing;
    },
  };
}
