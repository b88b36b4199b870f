import type { Queryable } from '#libs/database';
import { readPositions, type Consumer } from '../consuming/consumer-positions.js';
import type { Inbox } from './inbox.js';
import { topicRange } from './read-log.js';

/** Opens partitions where the group stands, by the database alone; one whose records are not all there stays stopped. */
export async function openLanes(
  database: Queryable,
  consumer: Consumer & { readonly partitions: number },
  inbox: Inbox,
  wanted: readonly number[],
): Promise<void> {
  const positions = await readPositions(database, consumer, wanted);
  const { first, end } = await topicRange(database, consumer.topic, consumer.partitions);
  for (const partition of wanted) {
    const position = positions.get(partition);
    if (position === undefined)
      throw new Error(`Group ${consumer.group} has no position on ${consumer.topic}/${partition}.`);
    const problem = misplaced(position, first[partition] ?? 0, end[partition] ?? 0);
    if (problem === undefined) inbox.open(partition, position);
    else inbox.stop(partition, `Partition ${partition}: ${problem}`);
  }
}

/** Why a reader cannot go on at this position, or undefined. */
export function misplaced(position: number, first: number, end: number): string | undefined {
  if (position > end)
    return `position ${position} is beyond the end of the log (${end}): was it restored or made anew?`;
  if (position < first) return `position ${position} is before the oldest record kept (${first}): records are gone.`;
  return undefined;
}
