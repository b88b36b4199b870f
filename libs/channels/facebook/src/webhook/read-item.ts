import type { ChannelRef, WebhookItem } from '#libs/channels/kit';
import { asObject, idOf, isObject, type JsonObject } from '../json.js';
import { USER_REF } from '../source.js';
import { kindOf } from './kinds.js';
import { instantOf } from './source-time.js';

/** An item with what every kind of event asks of it. */
export interface Reading {
  readonly item: WebhookItem;
  readonly channel: ChannelRef;
  readonly receivedAt: string;
  readonly value: JsonObject;
  readonly kind: string | null;
  /** What lies under the kind's key. */
  readonly data: unknown;
  /** Never the page. */
  readonly contact: string | null;
  readonly isFromPage: boolean;
  /** By the source's clock; undefined where the item has none. */
  readonly sourceTime: string | undefined;
}

export function readItem(item: WebhookItem, channel: ChannelRef, receivedAt: string): Reading {
  const value = asObject(item.value);
  const kind = kindOf(Object.keys(value));
  const data = kind === null ? item.value : value[kind];
  const isFromPage = asObject(data)['is_echo'] === true || partyOf(value['sender']) === channel.sourceChannelId;
  return {
    item,
    channel,
    receivedAt,
    value,
    kind,
    data,
    contact: contactOf(value, data, { isFromPage, pageId: channel.sourceChannelId }),
    isFromPage,
    sourceTime: instantOf(value['timestamp']),
  };
}

export function occurredAt({ sourceTime, data, item, receivedAt }: Reading): string {
  return sourceTime ?? instantOf(asObject(data)['watermark']) ?? item.sentAt ?? receivedAt;
}

function contactOf(value: JsonObject, data: unknown, page: { isFromPage: boolean; pageId: string }): string | null {
  const party = partyOf(page.isFromPage ? value['recipient'] : value['sender']);
  if (party !== undefined) return party === page.pageId ? null : party;
  // The checkbox plugin's opt-in comes without sender.
  return refOf(data) ?? null;
}

function partyOf(party: unknown): string | undefined {
  if (!isObject(party)) return undefined;
  return idOf(party['id']) ?? refOf(party);
}

function refOf(holder: unknown): string | undefined {
  const ref = isObject(holder) ? idOf(holder['user_ref']) : undefined;
  return ref === undefined ? undefined : USER_REF + ref;
}
