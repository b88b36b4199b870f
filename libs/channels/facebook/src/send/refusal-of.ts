import type { OutboundBody, SendRefusal } from '#libs/channels/kit';
import { asList, asObject, asText, type JsonObject } from '../json.js';
import { breachesOf } from './limits.js';

/** A reason of Facebook to refuse something, known before it is asked. */
interface Rule {
  readonly code: SendRefusal['code'];
  readonly field: string;
  readonly message: string;
  isBroken(body: OutboundBody): boolean;
}

/** https://developers.facebook.com/docs/messenger-platform/reference/send-api#message */
const CONTENT_KEYS = ['text', 'attachment', 'attachments', 'sticker_id', 'template'];
const BESIDE_CONTENT = new Set(['metadata', 'quick_replies']);
/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog (2026-03-27) */
const RETIRED_TAGS = new Set(['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE']);

const RULES: readonly Rule[] = [
  {
    code: 'tag_retired',
    field: 'tag',
    message:
      'Facebook refuses this message tag since 2026-04-27: use a utility template, or HUMAN_AGENT for an answer by a person',
    isBroken: ({ tag }) => tag !== undefined && RETIRED_TAGS.has(tag),
  },
  {
    // https://developers.facebook.com/docs/messenger-platform/changelog (v11.0, 2021-06-08)
    code: 'feature_withdrawn',
    field: 'message.attachment.payload.template_type',
    message: 'Facebook has withdrawn the airline templates in 2021: use a utility template',
    isBroken: ({ message }) => (templateTypeOf(message) ?? '').startsWith('airline_'),
  },
  {
    code: 'content_not_sendable',
    field: 'message',
    message: 'A message holds text, an attachment, images, a sticker or a template: this one holds nothing',
    isBroken: ({ message }) => Object.keys(message).every((key) => BESIDE_CONTENT.has(key) || !isGiven(message[key])),
  },
  {
    code: 'content_not_sendable',
    field: 'message',
    message: 'Messenger takes only one of text, attachment, attachments, sticker_id and template in a message',
    isBroken: ({ message }) => CONTENT_KEYS.filter((key) => isGiven(message[key])).length > 1,
  },
  {
    code: 'content_not_sendable',
    field: 'message.text',
    message: 'Messenger takes no empty text',
    isBroken: ({ message }) => typeof message['text'] === 'string' && message['text'].trim() === '',
  },
  {
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog (2025-03-19)
    code: 'content_not_sendable',
    field: 'message.attachments',
    message: 'Messenger takes several attachments only if all of them are images',
    isBroken: ({ message }) => asList(message['attachments']).some((part) => asObject(part)['type'] !== 'image'),
  },
  {
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
    code: 'content_not_sendable',
    field: 'message.quick_replies',
    message: 'A quick reply of content_type text needs a title, or an image_url instead',
    isBroken: ({ message }) => asList(message['quick_replies']).map(asObject).some(isMute),
  },
  {
    code: 'content_not_sendable',
    field: 'message.metadata',
    message: 'metadata is text',
    isBroken: ({ message }) => isGiven(message['metadata']) && typeof message['metadata'] !== 'string',
  },
];

/** Null: nothing that we know speaks against sending it. */
export function refusalOf(body: OutboundBody): SendRefusal | null {
  const broken = RULES.find((rule) => rule.isBroken(body));
  if (broken !== undefined) {
    const { code, field, message } = broken;
    return { code, message, errors: [{ field, message }] };
  }
  const errors = breachesOf(body.message);
  const [first] = errors;
  return first === undefined ? null : { code: 'limit_exceeded', message: `${first.field}: ${first.message}`, errors };
}

function templateTypeOf(message: JsonObject): string | undefined {
  return asText(asObject(asObject(message['attachment'])['payload'])['template_type']);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isMute(reply: JsonObject): boolean {
  return (
    reply['content_type'] === 'text' && asText(reply['title']) === undefined && asText(reply['image_url']) === undefined
  );
}
