import type { Database } from '#libs/database';
import type { EventLog } from '../event-log.js';

/** One process: a log and a pool of its own, on the same cluster and the same database as the others. */
export interface ContractMember {
  readonly log: EventLog;
  readonly database: Database;
  close(): Promise<void>;
}

/** What the contract suite needs of an adapter. Positions and effects live in PostgreSQL on every adapter. */
export interface ContractAdapter {
  /** For looking on: no time-outs, none of the faults reach it. */
  readonly database: Database;
  /** Partitions of the topics. */
  readonly partitions: number;
  /** How long a silent member keeps its partitions: short, the suite waits for it. */
  readonly leaseMs: number;
  open(options?: { readonly partitions?: number }): Promise<ContractMember>;
  close(): Promise<void>;
}
