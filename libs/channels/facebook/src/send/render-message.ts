import type { Attachment, OutboundContent } from '#libs/messaging';
import { compact, type JsonObject } from '../json.js';

type Part = Extract<Attachment, { type: 'image' | 'audio' | 'video' | 'file' | 'sticker' | 'template' }>;
type File = Extract<Attachment, { type: 'image' }>['image'];

/**
 * Canonical content in Messenger's words, also what Messenger does not take in one message: refusing is another's work.
 * https://developers.facebook.com/docs/messenger-platform/reference/send-api#message
 */
export function renderMessage(content: OutboundContent): JsonObject {
  const quickReplies = (content.quick_replies ?? []).map((reply) => compact(reply));
  const taps = quickReplies.length === 0 ? undefined : quickReplies;
  return compact({ text: content.text, ...renderParts(content), quick_replies: taps });
}

function renderParts(content: OutboundContent): JsonObject {
  if (content.type === 'text') return {};
  if (content.attachments !== undefined) return { attachments: content.attachments.map(renderAttachment) };
  if (content.type === 'sticker') return { sticker_id: content.sticker.id };
  if (content.type === 'template' && content.template.type === 'utility') return { template: withoutType(content) };
  return { attachment: renderAttachment(content) };
}

function renderAttachment(part: Part): JsonObject {
  switch (part.type) {
    case 'image':
      return { type: 'image', payload: renderFile(part.image) };
    case 'audio':
      return { type: 'audio', payload: renderFile(part.audio) };
    case 'video':
      return { type: 'video', payload: renderFile(part.video) };
    case 'file':
      return { type: 'file', payload: renderFile(part.file) };
    case 'sticker':
      return { type: 'sticker', payload: { sticker_id: part.sticker.id } };
    case 'template':
      return { type: 'template', payload: { template_type: part.template.type, ...withoutType(part) } };
  }
}

/** Messenger has no place for `name` and `mime_type`. */
function renderFile({ url, attachment_id, reusable }: File): JsonObject {
  return compact({ url, attachment_id, is_reusable: reusable });
}

function withoutType({ template: { type: _type, ...fields } }: Extract<Part, { type: 'template' }>): JsonObject {
  return fields;
}
