import type { LogRecord } from '../event-log.js';
import { relayedFrom } from './record-message.js';

/** The next sequence of each partition: that of a record that has not been passed. */
export type Places = Map<number, number>;

export interface Fresh {
  readonly fresh: readonly LogRecord[];
  /** Where the partitions of these records stand behind them. */
  readonly next: ReadonlyMap<number, number>;
}

/**
 * What is relayed may come more than once, and its first coming is in order: a sequence below the next one is a repeat. What
 * was relayed of a time that a restored backup knows nothing of has no place here, and its sequences are given anew.
 */
export function dropRepeats(
  records: readonly LogRecord[],
  places: ReadonlyMap<number, number>,
  isKnown: (epoch: string) => boolean,
): Fresh {
  const next = new Map<number, number>();
  const fresh = records.filter((record) => {
    const { partition } = record;
    const place = next.get(partition) ?? places.get(partition) ?? 0;
    const relayed = relayedFrom(record);
    const isFresh = relayed === undefined || (isKnown(relayed.epoch) && relayed.sequence >= place);
    next.set(partition, relayed !== undefined && isFresh ? relayed.sequence + 1 : place);
    return isFresh;
  });
  return { fresh, next };
}
