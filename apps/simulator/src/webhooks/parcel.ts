import { asObject, type JsonObject } from '../json.js';
import type { Page } from '../world/page.store.js';
import type { WebhookRecord } from '../world/record.store.js';

/** One item on its way to the app. */
export interface Parcel {
  readonly page: Page;
  readonly item: JsonObject;
  readonly record: WebhookRecord;
}

/** One entry for each page and channel, in the order of their first items. */
export function envelopeOf(parcels: readonly Parcel[], time: number): JsonObject {
  const entries = new Map<string, { id: string; channel: string; items: JsonObject[] }>();
  for (const { page, item, record } of parcels) {
    const key = `${page.id}:${record.channel}`;
    const entry = entries.get(key) ?? { id: page.id, channel: record.channel, items: [] };
    entry.items.push(item);
    entries.set(key, entry);
  }
  return {
    object: 'page',
    entry: [...entries.values()].map(({ id, channel, items }) => ({ id, time, [channel]: items })),
  };
}

/** A redelivery may have another timestamp: https://github.com/restfb/restfb/issues/614 */
export function laterBy(ms: number, parcel: Parcel): Parcel {
  const timestamp = parcel.item['timestamp'];
  if (typeof timestamp !== 'number') return parcel;
  return { ...parcel, item: { ...parcel.item, timestamp: timestamp + ms } };
}

/** The standby channel tells no payload: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/standby */
export function withoutPayload(item: JsonObject): JsonObject {
  if (item['postback'] === undefined) return item;
  const told = Object.entries(asObject(item['postback'])).filter(([name]) => name !== 'payload');
  return { ...item, postback: Object.fromEntries(told) };
}
