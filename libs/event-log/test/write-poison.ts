import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

/** So many records of which nobody can make anything, one partition after the other. */
export async function writePoison(brokers: readonly string[], topic: string, count: number): Promise<void> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer({ idempotent: false });
  await producer.connect();
  const headers = { 'workspace-id': randomUUID() };
  const values = ['no JSON', '{"type":"message.received"}', '[]'];
  const messages = Array.from({ length: count }, (_, index) => ({
    ...{ key: `poison ${index}`, partition: index % 8, value: values[index % values.length] ?? '', headers },
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}
