/**
 * Each a number that nobody else takes, the same in every release. They are of the space of one bigint: the log's locks
 * (migration 2) are pairs of integers. A page's lock is a hash of its name (channel-connection.store.ts).
 */
export const advisoryLocks = {
  migration: 7_265_727_989,
  housekeeping: 7_265_727_990,
  history: 7_265_727_991,
} as const;
