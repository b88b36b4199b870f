import { housekeepingStore, type Database, type Queryable } from '#libs/database';
import type { Step } from './steps.js';

/** Whose positions: one group on one topic. */
export interface Consumer {
  readonly group: string;
  readonly topic: string;
}

/** Next offset to handle, by partition. */
export type PositionMap = ReadonlyMap<number, number>;

interface PositionRow {
  readonly partition: number;
  readonly position: number;
}

/**
 * Registers the group: retention keeps what it has not passed. A group begins with the oldest record kept, which stays until
 * then. What is there already is not inserted: to find the conflict would mean to wait for a member that holds its position.
 */
export async function registerPositions(
  database: Database,
  { group, topic }: Consumer,
  partitions: number,
): Promise<void> {
  // a row that is there is not touched: its partition may be in the hands of a process that is frozen
  await database.transaction(async (transaction) => {
    await housekeepingStore.holdOff(transaction);
    await transaction.query(
      `insert into consumer_positions (consumer_group, topic, partition, position)
     select $1, $2, p, coalesce(
       (select l."offset" from log_records l where l.topic = $2 and l.partition = p order by l."offset" limit 1), 0)
     from generate_series(0, $3::integer - 1) p
     where not exists (select from consumer_positions c where c.consumer_group = $1 and c.topic = $2 and c.partition = p)
     on conflict do nothing`,
      [group, topic, partitions],
    );
  });
}

export async function readPositions(
  database: Queryable,
  { group, topic }: Consumer,
  partitions: readonly number[],
): Promise<PositionMap> {
  const rows = await database.query<PositionRow>(
    `select partition, position from consumer_positions where consumer_group = $1 and topic = $2 and partition = any($3::integer[])`,
    [group, topic, partitions],
  );
  return toMap(rows);
}

/** The partitions on which the group stood where the step begins: it stands behind it now, and nobody else passes them until the transaction ends. */
export async function takeSteps(
  transaction: Queryable,
  { group, topic }: Consumer,
  steps: readonly Step[],
): Promise<ReadonlySet<number>> {
  const rows = await transaction.query<Pick<PositionRow, 'partition'>>(takeSql, [
    group,
    topic,
    steps.map(({ partition }) => partition),
    steps.map(({ from }) => from),
    steps.map(({ to }) => to),
  ]);
  return new Set(rows.map(({ partition }) => partition));
}

const takeSql = {
  name: 'take_steps',
  text: `update consumer_positions c set position = s."to"
    from unnest($3::integer[], $4::bigint[], $5::bigint[]) s(partition, "from", "to")
    where c.consumer_group = $1 and c.topic = $2 and c.partition = s.partition and c.position = s."from"
    returning c.partition`,
};

function toMap(rows: readonly PositionRow[]): PositionMap {
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

/** Every group that was ever registered. */
export function listGroups(database: Queryable): Promise<Consumer[]> {
  return database.query('select distinct consumer_group as "group", topic from consumer_positions order by 1, 2');
}
