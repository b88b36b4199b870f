import { randomBytes } from 'node:crypto';

/** Who talks with whom, by Facebook's ids. */
export interface Parties {
  readonly pageId: string;
  readonly psid: string;
}

export type Item = Readonly<Record<string, unknown>>;

export interface TextItem extends Parties {
  readonly text: string;
  readonly mid?: string;
  /** Epoch milliseconds by Facebook's clock. */
  readonly timestamp?: number;
}

export interface EchoItem extends TextItem {
  readonly appId: string;
  readonly metadata?: string;
}

let written = 0;
let aheadMs = 0;

export function newMid(): string {
  return `m_${randomBytes(24).toString('base64url')}`;
}

/** Rises by one with every call within a process, and stays close to now by Facebook's clock. */
export function facebookNow(): number {
  written = Math.max(Date.now() + aheadMs, written + 1);
  return written;
}

/** How far Facebook's clock is before ours, negative: behind it. For what nobody has written yet. */
export function setFacebookClock(ms: number): void {
  aheadMs = ms;
}

export function newPsid(): string {
  return `65${String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '0')}`;
}

export function textItem({ pageId, psid, text, mid = newMid(), timestamp = facebookNow() }: TextItem): Item {
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp, message: { mid, text } };
}

export function echoItem(echo: EchoItem): Item {
  const { pageId, psid, text, appId, metadata, mid = newMid(), timestamp = facebookNow() } = echo;
  const tag = metadata === undefined ? {} : { metadata };
  const message = { mid, is_echo: true, app_id: Number(appId), ...tag, text };
  return { sender: { id: pageId }, recipient: { id: psid }, timestamp, message };
}

/** Without a timestamp, as on Facebook's page. */
export function deliveryItem(
  { pageId, psid }: Parties,
  delivery: { mids?: readonly string[]; watermark: number },
): Item {
  return { sender: { id: psid }, recipient: { id: pageId }, delivery };
}

export function readItem({ pageId, psid }: Parties, watermark: number): Item {
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: facebookNow(), read: { watermark } };
}

export function reactionItem({ pageId, psid }: Parties, mid: string): Item {
  const reaction = { mid, action: 'react', reaction: 'love', emoji: '❤️' };
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: facebookNow(), reaction };
}

export function editItem({ pageId, psid }: Parties, edit: { mid: string; text: string }): Item {
  const messageEdit = { ...edit, num_edit: 1 };
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: facebookNow(), message_edit: messageEdit };
}

export function unsendItem({ pageId, psid }: Parties, mid: string): Item {
  const message = { mid, is_deleted: true };
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: facebookNow(), message };
}

export function envelope(pageId: string, items: readonly Item[], time = facebookNow()): Item {
  return { object: 'page', entry: [{ id: pageId, time, messaging: items }] };
}
