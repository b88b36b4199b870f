import { advisoryLocks } from '../advisory-locks.js';
import type { Queryable, Transaction } from '../database.js';

const perTurn = 1_000;
/** Longer than a source repeats what it could not deliver, and than an operator leaves a dead letter lying. */
const effectDays = 30;

/** Rows that nobody will ask for again. Bounded: called until nothing is left. */
export const housekeepingStore = {
  /** Until the transaction ends nobody else tidies up. False: somebody does already. */
  async tryLock(transaction: Transaction): Promise<boolean> {
    const [row] = await transaction.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
      advisoryLocks.housekeeping,
    ]);
    return row?.locked === true;
  },

  /** Until the transaction ends nothing is tidied up. */
  async holdOff(transaction: Transaction): Promise<void> {
    await transaction.query('select pg_advisory_xact_lock_shared($1)', [advisoryLocks.housekeeping]);
  },

  /** Members of groups that nobody belongs to any more; those of living groups are forgotten by the others. */
  async forgetMembers(sql: Queryable): Promise<number> {
    const rows = await sql.query(
      `delete from consumer_members where until < clock_timestamp() - interval '1 day' returning member`,
    );
    return rows.length;
  },

  /**
   * Receipts, edits and reactions of messages that never came: those from before the page was connected. What waits for a
   * send is kept: its end may be far off.
   */
  async forgetWaitingInAnyWorkspace(sql: Queryable): Promise<number> {
    const rows = await sql.query(
      `delete from waiting_effects where (channel_id, awaits, event_id) in (
         select channel_id, awaits, event_id from waiting_effects
         where created_at < clock_timestamp() - make_interval(days => $1) and awaits like 'mid:%'
         order by created_at limit ${perTurn} for update skip locked
       ) returning event_id`,
      [effectDays],
    );
    return rows.length;
  },
};
