/** Parsed and planned once a connection, under its name. For hot paths only: each takes memory in every connection. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

export type Sql = string | Prepared;

/** Rows come back under their column names; bigint as number, timestamptz as Date, jsonb parsed. */
export interface Queryable {
  query<Row extends object>(sql: Sql, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A statement that is sent together with COMMIT. */
export interface LastStatement {
  readonly sql: Sql;
  readonly parameters: readonly unknown[];
  /** Called once the commit is known, with the statement's rows. */
  committed?(rows: readonly Record<string, unknown>[]): void;
}

/** READ COMMITTED, with the time-outs of every connection (one frozen process never stops the others for long). */
export interface Transaction extends Queryable {
  /**
   * Sent without waiting for its answer, behind what was sent before. Its refusal fails the transaction, which says so at
   * the next answer that is waited for, at the latest with COMMIT.
   */
  send(sql: Sql, parameters?: readonly unknown[]): void;
  /**
   * Asks for the transaction's last statement when the work is done; null: there is none. It goes out with COMMIT right
   * behind it, nothing awaited between, so that what it locks is held as short as can be.
   */
  last(statement: () => LastStatement | null): void;
  /** Called once the commit is known. Must not throw: there is nothing left to undo. */
  afterCommit(told: () => void): void;
  /** A place for what belongs to this transaction, by owner. */
  readonly local: Map<symbol, unknown>;
}

export interface DatabaseHistory {
  /** Of the server's start that is current. */
  token(): string;
  /** Called before the first statement on data that were put back. Must not throw. */
  onRestored(told: () => void): void;
}

export interface Database extends Queryable {
  /** Commits when the work resolves, rolls back when it rejects. Repeats the work on a deadlock or serialisation failure. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** A connection of its own that hears what is notified, opened again when it is lost; `heard('')` after each (re)connect. */
  listen(channel: string, heard: (payload: string) => void): Promise<{ close(): Promise<void> }>;
  /** Which start of the server its data are of, and whether they went back. */
  readonly history: DatabaseHistory;
  close(): Promise<void>;
}
