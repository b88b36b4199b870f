import { housekeepingStore, type Database, type Queryable, type Transaction } from '#libs/database';

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

/** Registers the group: retention keeps what it has not passed. A group begins with the oldest record kept, which stays until then. */
export async function registerPositions(
  database: Database,
  { group, topic }: Consumer,
  partitions: number,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await housekeepingStore.holdOff(transaction);
    await transaction.query(
      `insert into consumer_positions (consumer_group, topic, partition, position)
     select $1, $2, p, coalesce(
       (select l."offset" from log_records l where l.topic = $2 and l.partition = p order by l."offset" limit 1), 0)
     from generate_series(0, $3::integer - 1) p
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

/** The first lock of a handler's transaction: nobody else passes these partitions until it ends. */
export async function lockPositions(
  transaction: Queryable,
  { group, topic }: Consumer,
  partitions: readonly number[],
): Promise<PositionMap> {
  return toMap(await transaction.query<PositionRow>(lockSql, [group, topic, partitions]));
}

export function advancePositions(transaction: Transaction, { group, topic }: Consumer, positions: PositionMap): void {
  transaction.send(advanceSql, [group, topic, [...positions.keys()], [...positions.values()]]);
}

const lockSql = {
  name: 'lock_positions',
  text: `select partition, position from consumer_positions
    where consumer_group = $1 and topic = $2 and partition = any($3::integer[])
    order by partition for update`,
};

const advanceSql = {
  name: 'advance_positions',
  text: `update consumer_positions c set position = n.position
    from unnest($3::integer[], $4::bigint[]) n(partition, position)
    where c.consumer_group = $1 and c.topic = $2 and c.partition = n.partition`,
};

function toMap(rows: readonly PositionRow[]): PositionMap {
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

/** Every group that was ever registered. */
export function listGroups(database: Queryable): Promise<Consumer[]> {
  return database.query('select distinct consumer_group as "group", topic from consumer_positions order by 1, 2');
}
