import type { Database } from '#libs/database';
import { describeError } from '../consuming/describe-error.js';
import { Signal } from '../consuming/signal.js';
import { createLeases, leaveGroup, renewLeases, type Member } from './consumer-leases.js';

const renewalsPerLease = 5;
/** Timers are not exact to the millisecond: a look too early is one more. */
const afterEndMs = 10;

export interface MembershipOptions {
  readonly database: Database;
  readonly member: Member;
  readonly partitions: number;
  /** The member cannot get on with its work: it lets its leases run out. */
  readonly isStuck: () => boolean;
  readonly changed: (owned: readonly number[]) => void;
  /** Others of the group should look at their leases. */
  readonly tellGroup: () => void;
}

export interface Membership {
  /** Why the last renewal failed. */
  problems(): readonly string[];
  /** Others joined or left: looks now instead of in a while. */
  readonly hurry: () => void;
  leave(): Promise<void>;
}

/** Leases only decide who tries; what keeps two members apart is the lock of the positions. */
export async function joinGroup(options: MembershipOptions): Promise<Membership> {
  const { database, member, partitions, isStuck, changed, tellGroup } = options;
  const hurry = new Signal();
  let problem: string | undefined;
  let isLeaving = false;
  let firstEndMs = Number.POSITIVE_INFINITY;

  const renew = async (): Promise<void> => {
    const renewal = await renewLeases(database, member, partitions);
    firstEndMs = renewal.firstEndMs;
    if (renewal.isNews) tellGroup();
    changed(renewal.owned);
  };

  const keepRenewing = async (): Promise<void> => {
    const pauseMs = member.leaseMs / renewalsPerLease;
    for (;;) {
      // what a dead member leaves is taken up as soon as its lease is over
      await hurry.wait(Math.min(problem === undefined ? pauseMs : pauseMs / 4, firstEndMs + afterEndMs));
      if (isLeaving) return;
      if (isStuck()) continue;
      try {
        await renew();
        problem = undefined;
      } catch (error) {
        problem = describeError(error);
        firstEndMs = Number.POSITIVE_INFINITY;
      }
    }
  };

  await createLeases(database, member, partitions);
  await renew();
  const renewing = keepRenewing();

  return {
    problems: () => (problem === undefined ? [] : [`Leases: ${problem}`]),
    hurry: hurry.set,
    leave: async () => {
      isLeaving = true;
      hurry.set();
      await renewing;
      // not to be had now: they run out by themselves
      await leaveGroup(database, member).then(tellGroup, () => undefined);
    },
  };
}
