import type { Queryable } from '#libs/database';
import { WrongKafkaError } from './wrong-kafka-error.js';

const key = 'kafka_cluster';

/** Positions are offsets of one cluster: in another they would leave out records, or bring them again. The first one stays. */
export async function settleCluster(database: Queryable, clusterId: string): Promise<void> {
  await database.query('insert into installation (key, value) values ($1, $2) on conflict do nothing', [
    key,
    clusterId,
  ]);
  const [row] = await database.query<{ value: string }>('select value from installation where key = $1', [key]);
  if (row?.value === clusterId) return;
  throw new WrongKafkaError(
    `This installation has its positions of the Kafka cluster ${row?.value ?? ''}, and KAFKA_BROKERS leads to ${clusterId}. ` +
      'docs/operating.md says how to move to another cluster.',
  );
}
