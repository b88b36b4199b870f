import type { Queryable } from '#libs/database';
import type { Consumer } from '../consuming/consumer-positions.js';
import type { Step } from '../consuming/steps.js';

export interface KafkaPosition {
  /** Next offset in Kafka; undefined: the oldest that it keeps. */
  readonly offset?: number;
  /** Next offset in the log that is relayed. */
  readonly sequence: number;
}

interface PositionRow {
  readonly partition: number;
  readonly position: number;
  readonly kafka_offset: number | null;
}

export async function readKafkaPositions(
  database: Queryable,
  { group, topic }: Consumer,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, KafkaPosition>> {
  const rows = await database.query<PositionRow>(
    `select partition, position, kafka_offset from consumer_positions
     where consumer_group = $1 and topic = $2 and partition = any($3::integer[])`,
    [group, topic, partitions],
  );
  return new Map(
    rows.map(({ partition, position, kafka_offset: offset }) => [
      partition,
      offset === null ? { sequence: position } : { sequence: position, offset },
    ]),
  );
}

/** As `takeSteps`, by the offsets in Kafka. What is relayed moves along: `sequences`, the next one of each partition. */
export async function takeKafkaSteps(
  transaction: Queryable,
  { group, topic }: Consumer,
  steps: readonly Step[],
  sequences: ReadonlyMap<number, number>,
): Promise<ReadonlySet<number>> {
  const rows = await transaction.query<Pick<PositionRow, 'partition'>>(takeSql, [
    group,
    topic,
    steps.map(({ partition }) => partition),
    steps.map(({ from }) => from),
    steps.map(({ to }) => to),
    steps.map(({ partition }) => sequences.get(partition) ?? 0),
  ]);
  return new Set(rows.map(({ partition }) => partition));
}

const takeSql = {
  name: 'take_kafka_steps',
  text: `update consumer_positions c set kafka_offset = s."to", position = greatest(c.position, s.sequence)
    from unnest($3::integer[], $4::bigint[], $5::bigint[], $6::bigint[]) s(partition, "from", "to", sequence)
    where c.consumer_group = $1 and c.topic = $2 and c.partition = s.partition
      and coalesce(c.kafka_offset, s."from") = s."from"
    returning c.partition`,
};
