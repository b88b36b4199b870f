import { Kafka, logLevel } from 'kafkajs';

/** The broker, counted from 1, that leads a partition. */
export async function leaderOf(brokers: readonly string[], topic: string, partition: number): Promise<number> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
  return Number(found?.leader);
}
