import type { Positions, Tail, TailOptions, TopicRange } from '../event-log.js';
import { toHealth } from './check-health.js';
import type { LogContext } from './log-context.js';
import { misplaced } from './open-lanes.js';
import { readInbox, topicRange } from './read-log.js';
import { TailReader } from './tail-reader.js';

/** Rejects when records behind a given position are gone, or the position is one of another log. */
export async function openTail(
  { database, handOver, onProblem, onAlarm, partitions }: LogContext,
  { topic, from, onRecord, onTurn }: TailOptions,
): Promise<Tail> {
  const start = startOf(from, await topicRange(database, topic, partitions));
  const reader = new TailReader({
    ...{ topic, onRecord, onTurn, onProblem, onAlarm },
    read: (inbox, limit) => readInbox(database, topic, inbox, limit),
  });
  const leaveHandOver = handOver.join(topic, reader.inbox);
  reader.start(start);
  return {
    positions: () => reader.positions(),
    health: () => toHealth(reader.problems()),
    close: async () => {
      leaveHandOver();
      await reader.close();
    },
  };
}

/** A partition that is not named is read from its beginning. */
export function startOf(from: TailOptions['from'], { first, end }: TopicRange): Positions {
  if (from === 'end') return end;
  if (from === 'earliest') return first;
  for (const [partition, position] of Object.entries(from)) {
    const problem = misplaced(position, first[Number(partition)] ?? 0, end[Number(partition)] ?? 0);
    if (problem !== undefined) throw new RangeError(`Partition ${partition}: ${problem}`);
  }
  return { ...first, ...from };
}
