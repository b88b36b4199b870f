import type { Queryable } from '#libs/database';
import { WrongKafkaError } from './wrong-kafka-error.js';

/** Positions are offsets of one cluster: in another they would leave out records, or bring them again. The first one stays. */
export async function settleCluster(database: Queryable, clusterId: string): Promise<void> {
  const settled = await settle(database, 'kafka_cluster', clusterId);
  if (settled === clusterId) return;
  throw new WrongKafkaError(
    `This installation has its positions of the Kafka cluster ${settled}, and KAFKA_BROKERS leads to ${clusterId}. ` +
      'docs/operating.md says how to move to another cluster.',
  );
}

/** And of one topic: of another one that has its name the first records would be left out, as soon as there are enough. */
export async function settleTopic(database: Queryable, topic: string, id: string): Promise<void> {
  const settled = await settle(database, `kafka_topic ${topic}`, id);
  if (settled === id) return;
  throw new WrongKafkaError(
    `The topic ${topic} in Kafka was deleted and made anew (it was ${settled}, it is ${id}): what was not read of it is gone. ` +
      'docs/operating.md says how to go on with the new one.',
  );
}

async function settle(database: Queryable, key: string, value: string): Promise<string> {
  await database.query('insert into installation (key, value) values ($1, $2) on conflict do nothing', [key, value]);
  const [row] = await database.query<{ value: string }>('select value from installation where key = $1', [key]);
  return row?.value ?? '';
}
