import { messageId, type EventOf } from '#libs/messaging';
import { asObject, asText, compact, idOf, isObject } from '../json.js';
import { readTag } from '../own-tag.js';
import { nameWithoutMid } from './event-name.js';
import { opensWindow } from './kinds.js';
import type { NamedEvent } from './named-event.js';
import { readContent } from './read-content.js';
import { readReferral, readReplyTo, readSourceData } from './read-extras.js';
import { readHappening } from './read-happening.js';
import type { Reading } from './read-item.js';

type Received = EventOf<'message.received'>['payload'];
type Body = Omit<Received, 'counts_as_unread' | 'opens_window'>;

/** The page's own inbox, with the digit that Facebook's page about echoes leaves out and without it. */
const PAGE_INBOX_APPS = new Set(['263902037430900', '26390203743090']);
/** Elsewhere a `mid` names another message than the item itself. */
const KINDS_WITH_MID = new Set(['message', 'postback']);

/** Everything that is shown: messages, echoes, what people tapped, and every kind that we do not know. */
export function readMessage(reading: Reading & { readonly kind: string }): NamedEvent | null {
  const { kind, data } = reading;
  const mid = KINDS_WITH_MID.has(kind) ? idOf(asObject(data)['mid']) : undefined;
  if (kind === 'message' && asObject(data)['is_deleted'] === true) return readUnsend(mid);
  const name = mid ?? nameWithoutMid(reading);
  const body = readBodyOf(reading, messageId(reading.channel.channelId, name), mid);
  if (reading.isFromPage) return { type: 'message.echoed', name, payload: readEcho(reading, body) };
  return { type: 'message.received', name, payload: Object.assign(body, effectsOf(reading, body)) };
}

function readUnsend(mid: string | undefined): NamedEvent | null {
  return mid === undefined ? null : { type: 'message.deleted', name: mid, payload: { source_message_id: mid } };
}

function readBodyOf(
  { kind, data, value }: Reading & { readonly kind: string },
  id: string,
  mid: string | undefined,
): Body {
  const inner = asObject(data);
  return {
    content: kind === 'message' && isObject(data) ? readContent(data) : readHappening(kind, data),
    reply_to: kind === 'message' ? readReplyTo(inner['reply_to']) : undefined,
    referral: readReferral(kind === 'referral' ? data : inner['referral']),
    source_data: readSourceData(value, kind),
    message_id: id,
    source_message_id: mid,
  };
}

function effectsOf(
  { kind, data, value }: Reading & { readonly kind: string },
  { content }: Body,
): Pick<Received, 'counts_as_unread' | 'opens_window'> {
  // A lead summary is written by Facebook in the contact's name.
  const isWritten = content.type !== 'event' && value['hop_context'] === undefined;
  return { counts_as_unread: isWritten, opens_window: opensWindow(kind, data) };
}

/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-echoes */
function readEcho({ data }: Reading, body: Body): EventOf<'message.echoed'>['payload'] {
  const message = asObject(data);
  const appId = idOf(message['app_id']);
  const { claims, own } = readTag(asText(message['metadata']) ?? '');
  const told = compact({ app_id: appId, metadata: own });
  const sourceData = { ...body.source_data, ...told };
  return {
    ...compact(body),
    ...(Object.keys(sourceData).length > 0 && { source_data: sourceData }),
    sender_type: appId === undefined || PAGE_INBOX_APPS.has(appId) ? 'page' : 'app',
    ...(appId !== undefined && { app_id: appId }),
    ...(claims !== undefined && { claims }),
  };
}
