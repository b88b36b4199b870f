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
const RETIRED_BUTTONS: ReadonlySet<unknown> = new Set(['element_share', 'payment', 'nested']);
/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages */
const MESSAGING_TYPES = new Set(['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY']);
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
    code: 'invalid_request',
    field: 'messaging_type',
    message: 'Messenger knows the types RESPONSE, UPDATE, MESSAGE_TAG and UTILITY',
    isBroken: ({ messagingType }) => messagingType !== undefined && !MESSAGING_TYPES.has(messagingType),
  },
  {
    code: 'invalid_request',
    field: 'tag',
    message: 'messaging_type MESSAGE_TAG needs a tag',
    isBroken: ({ messagingType, tag }) => messagingType === 'MESSAGE_TAG' && tag === undefined,
  },
  {
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy
    code: 'invalid_request',
    field: 'sender.type',
    message: 'HUMAN_AGENT is for answers that a person wrote: say so with sender.type "agent"',
    isBroken: ({ tag, isFromPerson }) => tag === 'HUMAN_AGENT' && isFromPerson !== true,
  },
  {
    // https://developers.facebook.com/docs/messenger-platform/changelog (v11.0, 2021-06-08)
    code: 'feature_withdrawn',
    field: 'message.attachment.payload.template_type',
    message: 'Facebook has withdrawn the airline templates in 2021: use a utility template',
    isBroken: ({ message }) => (templateTypeOf(message) ?? '').startsWith('airline_'),
  },
  {
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates
    code: 'feature_withdrawn',
    field: 'message.attachment.payload.template_type',
    message: 'Facebook has withdrawn the list and open_graph templates: use a generic template',
    isBroken: ({ message }) => ['list', 'open_graph'].includes(templateTypeOf(message) ?? ''),
  },
  {
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/buttons
    code: 'feature_withdrawn',
    field: 'message.attachment.payload.buttons',
    message:
      'Facebook has withdrawn buttons of the types element_share, payment and nested: use a web_url or a postback',
    isBroken: ({ message }) => buttonsOf(message).some((button) => RETIRED_BUTTONS.has(button['type'])),
  },
  {
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
    code: 'feature_withdrawn',
    field: 'message.quick_replies',
    message: 'Facebook has withdrawn the quick reply that asks for a location: ask in words',
    isBroken: ({ message }) =>
      asList(message['quick_replies']).some((reply) => asObject(reply)['content_type'] === 'location'),
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
    // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/coupon
    code: 'content_not_sendable',
    field: 'message.attachment.payload.coupon_code',
    message: 'A coupon_code has no spaces',
    isBroken: ({ message }) =>
      templateTypeOf(message) === 'coupon' && /\s/.test(asText(payloadOf(message)['coupon_code']) ?? ''),
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

function payloadOf(message: JsonObject): JsonObject {
  return asObject(asObject(message['attachment'])['payload']);
}

function templateTypeOf(message: JsonObject): string | undefined {
  return asText(payloadOf(message)['template_type']);
}

function buttonsOf(message: JsonObject): JsonObject[] {
  const payload = payloadOf(message);
  const holders = [payload, ...asList(payload['elements']).map(asObject)];
  return holders.flatMap((holder) => asList(holder['buttons']).map(asObject));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isMute(reply: JsonObject): boolean {
  return (
    reply['content_type'] === 'text' && asText(reply['title']) === undefined && asText(reply['image_url']) === undefined
  );
}
