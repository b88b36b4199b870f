import type { Database } from '#libs/database';
import type { Consumer } from '../consuming/consumer-positions.js';
import { openLanes } from './open-lanes.js';
import { readInbox } from './read-log.js';
import { maxPage } from './reader-limits.js';
import type { LaneSource } from './subscriber.js';

interface SqlSourceOptions {
  readonly database: Database;
  readonly consumer: Consumer;
  readonly partitions: number;
  readonly pass: LaneSource['pass'];
}

/** Reads by SQL what was not handed over in memory. */
export function createSqlSource({ database, consumer, partitions, pass }: SqlSourceOptions): LaneSource {
  return {
    takesHandOver: true,
    open: (inbox, wanted) => openLanes(database, { ...consumer, partitions }, inbox, wanted),
    read: (inbox, limit) => readInbox(database, consumer.topic, inbox, Math.min(limit, maxPage)),
    pass,
    problems: () => [],
    unansweredMs: () => 0,
    close: () => Promise.resolve(),
  };
}
