import { templateTypes, type Attachment } from '#libs/messaging';
import { asObject, asText, compact, idOf, isObject, type JsonObject } from '../json.js';
import { readShare } from './read-share.js';
import { instantOf } from './source-time.js';

type Of<Type extends Attachment['type']> = Extract<Attachment, { type: Type }>;
type File = Of<'image'>['image'];
type TemplateType = Of<'template'>['template']['type'];

/** An attachment as Facebook gives it, taken apart. */
interface Given {
  readonly attachment: JsonObject;
  readonly payload: JsonObject;
}

const TEMPLATE_TYPES: ReadonlySet<unknown> = new Set(templateTypes);

/** By Facebook's name; each answers null for what it can't read. */
const READERS: ReadonlyMap<string, (given: Given) => Attachment | null> = new Map([
  ['image', ({ payload }) => readSticker(payload) ?? readFile(payload, (image) => ({ type: 'image', image }))],
  ['audio', ({ payload }) => readFile(payload, (audio) => ({ type: 'audio', audio }))],
  ['video', ({ payload }) => readFile(payload, (video) => ({ type: 'video', video }))],
  ['file', ({ payload }) => readFile(payload, (file) => ({ type: 'file', file }))],
  ['sticker', ({ payload }) => readSticker(payload)],
  ['location', readLocation],
  ['template', ({ payload }) => readTemplate(payload)],
  ['appointment_booking', ({ payload }) => readAppointment(payload)],
]);

/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages */
export function readAttachment(raw: unknown): Attachment {
  const attachment = asObject(raw);
  const type = asText(attachment['type']) ?? 'attachment';
  const given = { attachment, payload: asObject(attachment['payload']) };
  return readShare(type, attachment) ?? READERS.get(type)?.(given) ?? unsupported(type, raw);
}

export function unsupported(kind: string, raw: unknown): Of<'unsupported'> {
  return { type: 'unsupported', unsupported: { kind, raw } };
}

function readFile(payload: JsonObject, wrap: (file: File) => Attachment): Attachment | null {
  const url = asText(payload['url']);
  const id = idOf(payload['attachment_id']);
  if (url === undefined && id === undefined) return null;
  const reusable = payload['is_reusable'];
  const address = url === undefined ? { attachment_id: id } : { url };
  return wrap(compact({ ...address, reusable: typeof reusable === 'boolean' ? reusable : undefined }));
}

/** Images with an id are stickers of the time before 2026-08-30. */
export function readSticker(payload: JsonObject): Of<'sticker'> | null {
  const id = idOf(payload['sticker_id']);
  return id === undefined ? null : { type: 'sticker', sticker: compact({ id, url: asText(payload['url']) }) };
}

function readLocation({ attachment, payload }: Given): Of<'location'> | null {
  const { lat: latitude, long: longitude } = asObject(payload['coordinates']);
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  const title = asText(payload['title']) ?? asText(attachment['title']);
  const url = asText(payload['url']) ?? asText(attachment['url']);
  return { type: 'location', location: compact({ latitude, longitude, title, url }) };
}

/** A shared product has no template_type. */
function readTemplate(payload: JsonObject): Of<'template'> | null {
  const { template_type: given, ...fields } = payload;
  const type = given ?? (isObject(payload['product']) ? 'product' : undefined);
  return isTemplateType(type) ? { type: 'template', template: { ...fields, type } } : null;
}

/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages */
export function readUtility(template: unknown): Attachment {
  if (!isObject(template)) return unsupported('template', template);
  return { type: 'template', template: { ...template, type: 'utility' } };
}

function isTemplateType(type: unknown): type is TemplateType {
  return TEMPLATE_TYPES.has(type);
}

function readAppointment(payload: JsonObject): Of<'appointment'> | null {
  const read = {
    booking_id: idOf(payload['booking_id']),
    status: asText(payload['status']),
    starts_at: instantOf(payload['start_time']),
    ends_at: instantOf(payload['end_time']),
    timezone: asText(payload['timezone']),
  };
  return isWhole(read) ? { type: 'appointment', appointment: read } : null;
}

function isWhole<Key extends string>(read: Record<Key, string | undefined>): read is Record<Key, string> {
  return Object.values(read).every((value) => value !== undefined);
}
