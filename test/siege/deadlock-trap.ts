import type { Database, Transaction } from '#libs/database';
import { openEmbeddedDatabase } from '../harness/embedded-database.js';
import { only } from '../harness/only.js';
import type { Role } from '../harness/role-environment.js';
import { waitFor } from '../harness/wait-for.js';
import { deadlocksIn, readServerLog, type Deadlock } from './server-log.js';

/** Whoever walks into the trap does so within this time, or it is laid elsewhere. */
const patienceMs = 3_000;
const attempts = 20;

/** What a role locks late, and of what it locked before. */
interface Bait {
  readonly late: string;
  readonly early: { readonly table: string; readonly key: string };
}

/** The order in which the product locks: docs/adr, libs/event-log/src/postgres and libs/conversations. */
const baits: Readonly<Record<'projector' | 'channels' | 'sender', Bait>> = {
  projector: {
    late: 'select 1 from conversations where id = any(array(select id from conversations order by random() limit 30)) order by id for update',
    early: { table: 'consumer_positions', key: `concat_ws('/', consumer_group, topic, partition)` },
  },
  channels: { late: partitionOf('channel.commands'), early: { table: 'conversations', key: 'id::text' } },
  sender: { late: partitionOf('channel.events'), early: { table: 'send_lanes', key: 'conversation_id::text' } },
};

export type Trapped = keyof typeof baits & Role;

/** As `log_append` locks it. */
function partitionOf(topic: string): string {
  return `select pg_advisory_xact_lock(hashtext('${topic}'), floor(random() * 8)::integer)`;
}

/** Takes the locks of a role's transaction in the opposite order: whoever waits longest is refused by PostgreSQL, and that is the product. */
export class DeadlockTrap {
  private readonly pids = new Set<number>();

  constructor(private readonly home: string) {}

  /** Of the product's transactions. */
  get victims(): number {
    return deadlocksIn(readServerLog(this.home)).filter(
      (deadlock) => this.hasLaid(deadlock) && !this.pids.has(deadlock.victim),
    ).length;
  }

  hasLaid({ processes }: Deadlock): boolean {
    return processes.some((pid) => this.pids.has(pid));
  }

  /** Lays it until a transaction of that role was a victim; answers performance.now() of when it was laid for it. */
  async catch(role: Trapped): Promise<number> {
    const before = this.victims;
    const database = await openEmbeddedDatabase(this.home, { poolSize: 3, hasTimeouts: false });
    try {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const laidAt = performance.now();
        await this.lay(database, baits[role]);
        if (this.victims > before) return laidAt;
      }
    } finally {
      await database.close();
    }
    throw new Error(`No transaction of the ${role} was in a deadlock`);
  }

  private async lay(database: Database, { late, early }: Bait): Promise<void> {
    await database
      .transaction(async (transaction) => {
        const { pid } = only(await transaction.query<{ pid: number }>('select pg_backend_pid() as pid'));
        this.pids.add(pid);
        // the product looks first whether it waits in a circle
        await transaction.query(`set local deadlock_timeout = '20s'`);
        await transaction.query(late);
        if (await comesToWait(database, pid, early.table))
          await lockAll(transaction, early, await lockedIn(database, early));
        throw new Over();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Over)) throw error;
      });
  }
}

/** Nothing of it is to stay. */
class Over extends Error {}

/** Somebody for us, who has locked rows of this table before. */
async function comesToWait(database: Database, pid: number, table: string): Promise<boolean> {
  const sql = `select exists (
    select from pg_locks where relation = $2::regclass and mode in ('RowShareLock', 'RowExclusiveLock')
    and pid <> $1 and $1 = any(pg_blocking_pids(pid))) as "isSo"`;
  const ask = async (): Promise<boolean> => only(await database.query<{ isSo: boolean }>(sql, [pid, table])).isSo;
  return waitFor('somebody to wait for us', ask, patienceMs).catch(() => false);
}

/** By anybody. */
async function lockedIn(database: Database, { table, key }: Bait['early']): Promise<readonly string[]> {
  const [all, free] = await Promise.all([
    database.query<{ key: string }>(`select ${key} as key from ${table}`),
    database.query<{ key: string }>(`select ${key} as key from ${table} for update skip locked`),
  ]);
  const unlocked = new Set(free.map(({ key: name }) => name));
  return all.map(({ key: name }) => name).filter((name) => !unlocked.has(name));
}

function lockAll(transaction: Transaction, { table, key }: Bait['early'], keys: readonly string[]): Promise<unknown> {
  return transaction.query(`select 1 from ${table} where ${key} = any($1) order by ${key} for update`, [keys]);
}
