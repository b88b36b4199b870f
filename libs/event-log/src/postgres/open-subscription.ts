import { registerPositions, type Consumer } from '../consuming/consumer-positions.js';
import type { Subscription } from '../event-log.js';
import { toHealth } from './check-health.js';
import type { GroupBell, LogContext } from './log-context.js';
import { joinGroup } from './membership.js';
import { defaultMaxUnderWay } from './reader-limits.js';
import { Subscriber, type LaneSource } from './subscriber.js';

export interface SubscriptionOptions {
  readonly consumer: Consumer;
  readonly maxBatch: number;
  /** Batches of different partitions side by side, with a backlog. Default 3. */
  readonly maxUnderWay?: number;
  readonly source: LaneSource;
}

interface OpenedSubscription extends Subscription {
  /** For how long others than PostgreSQL have not answered. */
  readonly unansweredMs: () => number;
}

/** Resolves when the group is registered and this member has its first partitions, if any are free. */
export async function openSubscription(context: LogContext, options: SubscriptionOptions): Promise<OpenedSubscription> {
  const { database, partitions, leaseMs, onProblem, onAlarm } = context;
  const { maxBatch, maxUnderWay = defaultMaxUnderWay, source, consumer } = options;
  const { group, topic } = consumer;
  const name = `${group} ${topic}`;
  const subscriber = new Subscriber({
    ...{ name: `${group} on ${topic}`, source, maxBatch, maxUnderWay },
    ...{ onProblem, onAlarm },
  });

  await registerPositions(database, consumer, partitions);
  const membership = await joinGroup({
    database,
    member: { group, topic, member: memberOf(context, name), leaseMs },
    partitions,
    isStuck: () => subscriber.isStuckFor(leaseMs),
    changed: subscriber.own,
    tellGroup: () => {
      context.announceGroup(name);
    },
  });
  const bell: GroupBell = { name, ring: membership.hurry };
  context.groupBells.add(bell);
  const leaveHandOver = source.takesHandOver ? context.handOver.join(topic, subscriber.inbox) : leaveNothing;
  subscriber.start();

  return {
    unansweredMs: subscriber.unansweredMs,
    health: () => toHealth([...subscriber.problems(), ...membership.problems()]),
    close: async () => {
      leaveHandOver();
      await subscriber.close();
      context.groupBells.delete(bell);
      await membership.leave();
    },
  };
}

const leaveNothing = (): void => undefined;

/** One process may be a member more than once; what bears the name of one that died takes up its partitions at once. */
function memberOf({ memberId, joined }: LogContext, name: string): string {
  const ordinal = (joined.get(name) ?? 0) + 1;
  joined.set(name, ordinal);
  return `${memberId}/${ordinal}`;
}
