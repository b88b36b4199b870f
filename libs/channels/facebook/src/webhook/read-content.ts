import type { Content } from '#libs/messaging';
import { asList, asObject, asText, compact, isObject, type JsonObject } from '../json.js';

type QuickReply = NonNullable<Extract<Content, { type: 'text' }>['quick_replies']>[number];

/**
 * What a Messenger message says, be it one that came, an echo, or one that we are about to send.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages
 */
export function readContent(message: JsonObject): Content {
  const text = typeof message['text'] === 'string' ? message['text'] : undefined;
  const extras = { quick_reply: readTap(message['quick_reply']), quick_replies: readQuickReplies(message) };
  const part = notYetRead(message);
  if (part === null && text !== undefined) return compact({ type: 'text', text, ...extras });
  return compact({ type: 'unsupported', text, unsupported: part ?? { kind: 'message', raw: message }, ...extras });
}

interface Part {
  readonly kind: string;
  readonly raw: unknown;
}

/** What lies in a message beside its text, by Facebook's name for it. */
function notYetRead(message: JsonObject): Part | null {
  const attachments = message['attachments'] ?? message['attachment'] ?? [];
  const list = Array.isArray(attachments) ? (attachments as readonly unknown[]) : [attachments];
  if (list.length > 0) return readAttachments(list, isGiven(message['sticker_id']));
  if (isGiven(message['sticker_id'])) return { kind: 'sticker', raw: { sticker_id: message['sticker_id'] } };
  if (isGiven(message['template'])) return { kind: 'template', raw: message['template'] };
  return message['is_unsupported'] === true ? { kind: 'is_unsupported', raw: message } : null;
}

/** Stickers were images with a sticker_id at the message until 2026-08-30. */
function readAttachments(list: readonly unknown[], isSticker: boolean): Part {
  const [first] = list;
  const kind = isSticker ? 'sticker' : asText(asObject(first)['type']);
  return { kind: kind ?? 'attachment', raw: list.length === 1 ? first : list };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readTap(quickReply: unknown): { payload: string } | undefined {
  const payload = asObject(quickReply)['payload'];
  return typeof payload === 'string' ? { payload } : undefined;
}

function readQuickReplies(message: JsonObject): QuickReply[] | undefined {
  const replies = asList(message['quick_replies']).flatMap(readQuickReply);
  return replies.length === 0 ? undefined : replies;
}

function readQuickReply(reply: unknown): QuickReply[] {
  if (!isObject(reply)) return [];
  const contentType = reply['content_type'];
  if (contentType !== 'text' && contentType !== 'user_phone_number' && contentType !== 'user_email') return [];
  const texts = {
    title: asText(reply['title']),
    payload: asText(reply['payload']),
    image_url: asText(reply['image_url']),
  };
  return [compact({ content_type: contentType, ...texts })];
}
