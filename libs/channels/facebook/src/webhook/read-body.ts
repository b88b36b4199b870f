import { isUtf8 } from 'node:buffer';
import type { WebhookBody, WebhookItem, WebhookReject } from '#libs/channels/kit';
import { storableText } from '#libs/messaging';
import { asObject, idOf, type JsonObject } from '../json.js';
import { nestingOf, writtenIn, type Written } from './json-scan.js';
import { preciselyOf } from './parse-precisely.js';
import { instantOf } from './source-time.js';

const NESTING_MAX = 64;
/** Everything else in an entry is a lane. */
const NOT_LANES = new Set(['id', 'time', 'uid']);
/** The dashboard's "Test" button sends this instead of a page. */
const DASHBOARD_ID = '0';

/** Body, entries, one of them, lanes: items are taken as they are written. */
const LEVELS = 4;

/** What a body or an entry makes, while it is read. */
interface Found {
  readonly items: WebhookItem[];
  readonly rejects: WebhookReject[];
}

/**
 * Never throws. Each item is there as it was written and as it was parsed, once, with all of the body.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks#event-notifications
 */
export function readBody(rawBody: Buffer): WebhookBody {
  const text = rawBody.toString('utf8');
  const entries = isUtf8(rawBody) ? entriesOf(text) : 'not_utf8';
  if (typeof entries === 'string') return { items: [], rejects: [reject(null, entries, text)] };
  const found: Found = { items: [], rejects: [] };
  const { elements = [] } = writtenIn(text, LEVELS).members?.get('entry') ?? {};
  for (const [index, written] of elements.entries())
    readEntry({ text, written, entry: asObject(entries[index]) }, found);
  return found;
}

/** A text: what is wrong with the body. */
function entriesOf(text: string): readonly unknown[] | string {
  if (nestingOf(text) > NESTING_MAX) return 'too_deep';
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'not_json';
  }
  const { object, entry } = asObject(preciselyOf(text, body));
  if (object !== 'page') return 'not_a_page';
  return Array.isArray(entry) ? entry : 'no_entry';
}

interface WrittenEntry {
  /** The whole body. */
  readonly text: string;
  readonly written: Written;
  readonly entry: JsonObject;
}

function readEntry({ text, written, entry }: WrittenEntry, { items, rejects }: Found): void {
  const pageId = idOf(entry['id']);
  if (pageId === undefined) rejects.push(reject(null, 'no_page_id', rawOf(text, written)));
  else if (pageId === DASHBOARD_ID) rejects.push(reject(pageId, 'dashboard_test', rawOf(text, written)));
  else {
    const sentAt = instantOf(entry['time']);
    for (const [lane, ofLane] of written.members ?? []) {
      if (NOT_LANES.has(lane)) continue;
      const values = itemsIn(entry[lane]);
      const { elements = [ofLane] } = ofLane;
      for (const [index, value] of values.entries())
        items.push({ sourceChannelId: pageId, raw: rawOf(text, elements[index] ?? ofLane), value, lane, sentAt });
    }
  }
}

function rawOf(text: string, { start, end }: Written): string {
  return text.slice(start, end);
}

/** A lane is an array; what is none is one item, so that it is not lost. */
function itemsIn(lane: unknown): readonly unknown[] {
  if (Array.isArray(lane)) return lane;
  return lane === null ? [] : [lane];
}

function reject(sourceChannelId: string | null, reason: string, raw: string): WebhookReject {
  return { sourceChannelId, reason, raw: storableText(raw) };
}
