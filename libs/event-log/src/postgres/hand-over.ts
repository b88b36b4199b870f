import { groupBy } from '../consuming/group-by.js';
import type { LogRecord } from '../event-log.js';
import type { Inbox } from './inbox.js';

/** Gives what this process has committed to the readers in this process, without a way through the database. */
export class HandOver {
  readonly #inboxes = new Map<string, Set<Inbox>>();

  join(topic: string, inbox: Inbox): () => void {
    const readers = this.#inboxes.get(topic) ?? new Set();
    this.#inboxes.set(topic, readers.add(inbox));
    return () => {
      readers.delete(inbox);
    };
  }

  offer(records: readonly LogRecord[]): void {
    const byTopic = groupBy(records, ({ topic }) => topic);
    for (const [topic, ofTopic] of byTopic) {
      for (const inbox of this.#inboxes.get(topic) ?? []) inbox.handOver(ofTopic);
    }
  }

  /** Somebody else has appended to these topics; undefined: perhaps to any. */
  suspectMore(topics?: readonly string[]): void {
    for (const topic of topics ?? [...this.#inboxes.keys()]) {
      for (const inbox of this.#inboxes.get(topic) ?? []) inbox.suspectMore();
    }
  }
}
