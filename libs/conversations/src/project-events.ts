import type { Transaction } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import type { Event } from '#libs/messaging';
import { applyEvent } from './apply-event.js';
import { loadProjection } from './load-projection.js';
import { noteOrigin, type ProjectionRules } from './projection.js';
import { saveProjection } from './save-projection.js';

/** A batch of the log into rows and announcements: load, apply one by one, save. One transaction, whatever the cut. */
export async function projectEvents(
  sql: Transaction,
  log: EventLog,
  events: readonly Event[],
  rules: ProjectionRules,
): Promise<void> {
  const projection = await loadProjection(sql, events, rules);
  for (const event of events) {
    const before = projection.updates.length;
    applyEvent(projection, event);
    noteOrigin(projection, rules.originOf?.(event), before);
  }
  await saveProjection(sql, log, projection, 'moveConversations');
}
