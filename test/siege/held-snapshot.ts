import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Transaction } from '#libs/database';
import { openEmbeddedDatabase } from '../harness/embedded-database.js';
import { only } from '../harness/only.js';

const lookMs = 250;

interface Age {
  readonly ms: number;
  /** So many transactions behind it may have left nothing that can be cleared away. */
  readonly transactions: number;
}

/** Reads one state of the database, as pg_dump does, for so long; then the next one, and another after each kill. */
export class HeldSnapshot {
  taken = 0;
  /** As PostgreSQL says; each the most that any of them had. */
  oldest: Age = { ms: 0, transactions: 0 };
  readonly complaints: string[] = [];
  private isOver = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly home: string,
    private readonly limitMs: number,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      // killed with its database, or nobody is there yet
      await this.hold().catch(() => undefined);
      await sleep(lookMs);
    }
  }

  private async hold(): Promise<void> {
    const database = await openEmbeddedDatabase(this.home, { poolSize: 2, hasTimeouts: false });
    try {
      await database.transaction((transaction) => this.read(transaction, database));
    } finally {
      await database.close();
    }
  }

  private async read(transaction: Transaction, beside: Database): Promise<void> {
    await transaction.query('set transaction isolation level repeatable read, read only');
    const first = await fingerprint(transaction);
    this.taken += 1;
    for (let age = await ageOf(first.pid, beside); !this.isOver && age.ms < this.limitMs;) {
      await sleep(lookMs);
      age = await ageOf(first.pid, beside);
      this.oldest = older(this.oldest, age);
    }
    const last = await fingerprint(transaction);
    if (last.records !== first.records)
      this.complaints.push(`a held snapshot showed ${first.records} records, and then ${last.records}`);
  }
}

function older(one: Age, other: Age): Age {
  return {
    ms: Math.max(one.ms, other.ms),
    transactions: Math.max(one.transactions, other.transactions),
  };
}

interface Fingerprint {
  readonly pid: number;
  readonly records: string;
}

async function fingerprint(transaction: Transaction): Promise<Fingerprint> {
  const sql = `select pg_backend_pid() as pid, count(*) || ' up to ' || coalesce(max("offset"), 0) as records from log_records`;
  return only(await transaction.query<Fingerprint>(sql));
}

async function ageOf(pid: number, beside: Database): Promise<Age> {
  const sql = `select (extract(epoch from clock_timestamp() - xact_start) * 1000)::float as ms, age(backend_xmin) as transactions
    from pg_stat_activity where pid = $1 and backend_xmin is not null`;
  return only(await beside.query<Age>(sql, [pid]));
}
