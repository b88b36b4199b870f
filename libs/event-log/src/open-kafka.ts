import type { EventLog } from './event-log.js';
import type { KafkaEventLogOptions } from './kafka/open-kafka-event-log.js';

export type { KafkaEventLogOptions };

/** kafkajs is read only by processes that use it. */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const kafka = await import('./kafka/open-kafka-event-log.js');
  return kafka.openKafkaEventLog(options);
}
