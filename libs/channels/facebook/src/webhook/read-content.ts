import type { Attachment, Content } from '#libs/messaging';
import { asList, asObject, asText, compact, idOf, isObject, type JsonObject } from '../json.js';
import { readAttachment, readSticker, readUtility, unsupported } from './read-attachment.js';

type QuickReply = NonNullable<Extract<Content, { type: 'text' }>['quick_replies']>[number];

/**
 * What a Messenger message says, be it one that came, an echo, or one that we are about to send.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages
 */
export function readContent(message: JsonObject): Content {
  const text = typeof message['text'] === 'string' ? message['text'] : undefined;
  const taps = { quick_reply: readTap(message['quick_reply']), quick_replies: readQuickReplies(message) };
  const parts = partsOf(message);
  const [first] = parts;
  if (first === undefined) {
    if (text !== undefined) return compact({ type: 'text', text, ...taps });
    return compact({ ...unsupported('message', message), ...taps });
  }
  const preview = parts.length === 1 ? previewOf(first) : null;
  if (text !== undefined && text !== '' && preview !== null)
    return compact({ type: 'text', text, share: preview, ...taps });
  return compact({ ...first, text: asText(text), ...taps, attachments: parts.length > 1 ? parts : undefined });
}

/** What lies in a message beside its text. */
function partsOf(message: JsonObject): Attachment[] {
  const given = message['attachments'] ?? message['attachment'] ?? [];
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  const { sticker_id: stickerId } = message;
  if (list.length > 0) return withoutTwins(list.map((raw) => readAttachment(withStickerId(raw, stickerId))));
  if (isGiven(stickerId)) return [readSticker(message) ?? unsupported('sticker', { sticker_id: stickerId })];
  if (isGiven(message['template'])) return [readUtility(message['template'])];
  return message['is_unsupported'] === true ? [unsupported('is_unsupported', message)] : [];
}

/** Stickers were images with a sticker_id at the message until 2026-08-30. */
function withStickerId(raw: unknown, stickerId: unknown): unknown {
  const attachment = asObject(raw);
  if (idOf(stickerId) === undefined || attachment['type'] !== 'image') return raw;
  return { ...attachment, payload: { sticker_id: stickerId, ...asObject(attachment['payload']) } };
}

/** From 2026-06-01 to 2026-08-30 a sticker came in both forms at once. */
function withoutTwins(parts: readonly Attachment[]): Attachment[] {
  const ids = parts.map((part) => (part.type === 'sticker' ? part.sticker.id : undefined));
  return parts.filter((_, index) => ids[index] === undefined || ids.indexOf(ids[index]) === index);
}

/** The link that Facebook found in the text. */
function previewOf(part: Attachment): Extract<Attachment, { type: 'share' }>['share'] | null {
  return part.type === 'share' && part.share.kind === 'link' ? part.share : null;
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
