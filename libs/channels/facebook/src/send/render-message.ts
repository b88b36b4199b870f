import type { OutboundContent } from '#libs/messaging';
import { compact, type JsonObject } from '../json.js';

/** Canonical content in Messenger's words. https://developers.facebook.com/docs/messenger-platform/reference/send-api#message */
export function renderMessage(content: OutboundContent): JsonObject {
  const quickReplies = content.quick_replies?.map((reply) => compact(reply));
  return compact({ text: content.text, quick_replies: quickReplies });
}
