import type { Transaction } from '#libs/database';

export interface NewRecord {
  readonly topic: string;
  /** What must stay in order: records of one key are read in the order of their appends. */
  readonly key: string;
  readonly workspaceId: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly value: string;
}

export interface LogRecord extends NewRecord {
  readonly partition: number;
  /** Dense and ascending within a partition. */
  readonly offset: number;
  readonly appendedAt: Date;
}

/** Next offset to read, by partition. */
export type Positions = Readonly<Record<number, number>>;

/**
 * Effects and position are one: the handler's writes and the position of its records commit together.
 * Records come in order within a partition; a batch may hold several partitions. With a backlog batches of different
 * partitions are handled side by side. What a handler does outside of its
 * transaction may happen again: it may be given records that somebody else has passed, and then nothing of it stays.
 * An error marked by `PoisonError` is the record's own fault: the batch is bisected to it and it alone goes to the
 * dead letter; any other error is retried for ever with readiness off.
 */
export type BatchHandler = (transaction: Transaction, records: readonly LogRecord[]) => Promise<void>;

export interface SubscribeOptions {
  /** Records a batch may hold. Default 500. */
  readonly maxBatch?: number;
}

export interface Subscription {
  /** False while a batch is failing, with the reason. */
  health(): { readonly ok: boolean; readonly reason?: string };
  /** Resolves after the running batch. */
  close(): Promise<void>;
}

export interface TailOptions {
  readonly topic: string;
  readonly from: Positions | 'end' | 'earliest';
  /** Called in order per partition, one at a time. A throw ends the tail, visible in its health. */
  readonly onRecord: (record: LogRecord) => void;
  /** Called after some records were given; the tail goes on when it has resolved. */
  readonly onTurn?: () => Promise<void>;
}

export interface Tail {
  /** Where the tail stands: the next offset of each partition. */
  positions(): Positions;
  health(): { readonly ok: boolean; readonly reason?: string };
  close(): Promise<void>;
}

export interface ReadRange {
  readonly topic: string;
  readonly workspaceId: string;
  readonly partition: number;
  /** First offset wanted. */
  readonly from: number;
  /** First offset not wanted. */
  readonly to: number;
  readonly limit: number;
}

export interface Lag {
  /** Records that the group has not yet passed. */
  readonly records: number;
  /** Age of the oldest of them, by the log's clock. */
  readonly seconds: number;
}

export interface TopicRange {
  /** Offset of the oldest record kept, by partition. */
  readonly first: Positions;
  /** Offset that the next append gets, by partition. */
  readonly end: Positions;
}

/** The log, as everything above it sees it. Adapters: `postgres/`, later `kafka/`. One contract suite holds for all (`contract/`). */
export interface EventLog {
  /** Number of partitions of every topic; fixed at first start. */
  readonly partitions: number;
  partitionOf(key: string): number;
  /** The stretch of this log's history that is current: part of every cursor. Another one begins when its server starts. */
  epoch(): string;
  /** False after a restore or failover, for the epochs that the data of now know nothing of: their cursors are too old. */
  knowsEpoch(epoch: string): Promise<boolean>;
  /** Told when a backup was put in the log's place under this process, before anything is read of it. Must not throw. */
  onRestored(told: () => void): void;
  /** Resolves when the records are safe; rejects when they are not known to be, within the deadline. */
  append(records: readonly NewRecord[]): Promise<void>;
  /** The records appear when the transaction commits, and only then. Writes nothing before: the append is its last statement. */
  appendIn(transaction: Transaction, records: readonly NewRecord[]): void;
  subscribe(group: string, topic: string, handler: BatchHandler, options?: SubscribeOptions): Promise<Subscription>;
  /** Reads on without a group; every tail sees every record. */
  tail(options: TailOptions): Promise<Tail>;
  /** What a workspace may see of a partition, for resuming a stream. */
  read(range: ReadRange): Promise<readonly LogRecord[]>;
  range(topic: string): Promise<TopicRange>;
  lag(group: string, topic: string): Promise<Lag>;
  health(): Promise<{ readonly ok: boolean; readonly reason?: string }>;
  /** Lets running batches end, then stops. Appends after it reject. */
  close(): Promise<void>;
}
