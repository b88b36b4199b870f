import type { NewRecord } from '#libs/event-log';
import { topics } from '#libs/messaging';
import type { Metrics } from '#libs/metrics';

export function countAppended(metrics: Metrics, records: readonly NewRecord[]): void {
  const counts = new Map<string, number>();
  for (const { topic, headers } of records) {
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
    if (topic === topics.unrouted) metrics.unrouted(headers['reason'] ?? 'unknown');
  }
  for (const [topic, count] of counts) metrics.appended(topic, count);
}
