import { isUtf8 } from 'node:buffer';
import type { WebhookBody, WebhookItem, WebhookReject } from '#libs/channels/kit';
import { storableText } from '#libs/messaging';
import { asObject, idOf } from '../json.js';
import { elementsIn, membersIn, nestingOf } from './json-scan.js';
import { parsePrecisely } from './parse-precisely.js';
import { instantOf } from './source-time.js';

const NESTING_MAX = 64;
/** Everything else in an entry is a lane. */
const NOT_LANES = new Set(['id', 'time', 'uid']);
/** The dashboard's "Test" button sends this instead of a page. */
const DASHBOARD_ID = '0';

/** Never throws. https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks#event-notifications */
export function readBody(rawBody: Buffer): WebhookBody {
  const text = rawBody.toString('utf8');
  const reason = isUtf8(rawBody) ? faultOf(text) : 'not_utf8';
  if (reason !== null) return { items: [], rejects: [reject(null, reason, text)] };
  const entries = elementsIn(membersIn(text.trim()).get('entry') ?? '[]').map(readEntry);
  return {
    items: entries.flatMap(({ items }) => items),
    rejects: entries.flatMap(({ rejects }) => rejects),
  };
}

function faultOf(text: string): string | null {
  if (nestingOf(text) > NESTING_MAX) return 'too_deep';
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'not_json';
  }
  const { object, entry } = asObject(body);
  if (object !== 'page') return 'not_a_page';
  return Array.isArray(entry) ? null : 'no_entry';
}

function readEntry(raw: string): WebhookBody {
  const members = membersIn(raw);
  const pageId = idOf(parsePrecisely(members.get('id') ?? 'null'));
  if (pageId === undefined) return { items: [], rejects: [reject(null, 'no_page_id', raw)] };
  if (pageId === DASHBOARD_ID) return { items: [], rejects: [reject(pageId, 'dashboard_test', raw)] };
  const sentAt = instantOf(parsePrecisely(members.get('time') ?? 'null'));
  const lanes = [...members].filter(([name]) => !NOT_LANES.has(name));
  const items = lanes.flatMap(([lane, value]) =>
    itemsIn(value).map((item) =>
      readItem(item, { sourceChannelId: pageId, lane, ...(sentAt !== undefined && { sentAt }) }),
    ),
  );
  return { items, rejects: [] };
}

/** A lane is an array; what is none is one item, so that it is not lost. */
function itemsIn(lane: string): readonly string[] {
  if (lane.startsWith('[')) return elementsIn(lane);
  return lane === 'null' ? [] : [lane];
}

function readItem(raw: string, place: Pick<WebhookItem, 'sourceChannelId' | 'lane' | 'sentAt'>): WebhookItem {
  return { ...place, raw, value: parsePrecisely(raw) };
}

function reject(sourceChannelId: string | null, reason: string, raw: string): WebhookReject {
  return { sourceChannelId, reason, raw: storableText(raw) };
}
