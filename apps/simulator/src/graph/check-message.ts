import { asList, asObject, asText, isObject, type JsonObject } from '../json.js';
import { checkAttachment } from './check-attachment.js';
import { invalidParameter } from './graph-error.js';
import { METADATA_BELOW, PAYLOAD_MAX, QUICK_REPLIES_MAX, QUICK_REPLY_TITLE_MAX, TEXT_BELOW } from './limits.js';

const CONTENT_KEYS = ['text', 'attachment', 'attachments', 'sticker_id', 'template'];

/** The checks of `message` itself. https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export function checkMessage(message: JsonObject): void {
  const given = CONTENT_KEYS.filter((key) => message[key] !== undefined);
  if (given.length !== 1) {
    throw invalidParameter('Param message needs text or an attachment, and takes only one of them');
  }
  if (message['text'] !== undefined) checkText(message['text']);
  if (message['attachment'] !== undefined) checkAttachment(message['attachment']);
  if (message['attachments'] !== undefined) checkImages(message['attachments']);
  if (message['metadata'] !== undefined) checkMetadata(message['metadata']);
  if (message['quick_replies'] !== undefined) checkQuickReplies(message['quick_replies']);
}

/** Facebook says "characters": code points are counted, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function checkText(text: unknown): void {
  if (typeof text !== 'string' || text.trim() === '') throw invalidParameter('Param message[text] must not be empty');
  if (lengthOf(text) >= TEXT_BELOW) {
    throw invalidParameter(`Length of param message[text] must be less than ${String(TEXT_BELOW)}`);
  }
}

function checkMetadata(metadata: unknown): void {
  if (typeof metadata !== 'string') throw invalidParameter('Param message[metadata] must be a string');
  if (lengthOf(metadata) >= METADATA_BELOW) {
    throw invalidParameter(`Length of param message[metadata] must be less than ${String(METADATA_BELOW)}`);
  }
}

function checkImages(attachments: unknown): void {
  const list = asList(attachments);
  if (list.length === 0) throw invalidParameter('Param message[attachments] must be a list that is not empty');
  for (const attachment of list) {
    if (asObject(attachment)['type'] !== 'image') {
      throw invalidParameter('Param message[attachments] takes images only');
    }
    checkAttachment(attachment);
  }
}

function checkQuickReplies(quickReplies: unknown): void {
  if (!Array.isArray(quickReplies)) throw invalidParameter('Param message[quick_replies] must be a list');
  if (quickReplies.length > QUICK_REPLIES_MAX) {
    throw invalidParameter(`Param message[quick_replies] takes at most ${String(QUICK_REPLIES_MAX)} entries`);
  }
  quickReplies.forEach(checkQuickReply);
}

function checkQuickReply(quickReply: unknown): void {
  if (!isObject(quickReply)) throw invalidParameter('A quick reply must be an object');
  switch (quickReply['content_type']) {
    case 'user_phone_number':
    case 'user_email':
      return;
    case 'text':
      checkTextReply(quickReply);
      return;
    default:
      throw invalidParameter('The content_type of a quick reply must be text, user_phone_number or user_email');
  }
}

function checkTextReply(quickReply: JsonObject): void {
  const title = asText(quickReply['title']) ?? '';
  const payload = asText(quickReply['payload']) ?? '';
  if (title === '' && quickReply['image_url'] === undefined) {
    throw invalidParameter('The title of a quick reply may be empty only beside an image_url');
  }
  if (lengthOf(title) > QUICK_REPLY_TITLE_MAX) throw invalidParameter('The title of a quick reply is too long');
  if (lengthOf(payload) > PAYLOAD_MAX) throw invalidParameter('The payload of a quick reply is too long');
}
