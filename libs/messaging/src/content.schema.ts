import { z } from 'zod';

export const templateTypes = [
  'button',
  'generic',
  'receipt',
  'media',
  'product',
  'coupon',
  'customer_feedback',
  'customer_information',
  'image_grid',
  'instant_form',
  'utility',
] as const;

const eventNames = [
  'referral',
  'optin',
  'account_link',
  'feedback',
  'customer_information',
  'response_feedback',
  'order',
  'coupon_reveal',
  'form',
  'game_play',
  'payment',
  'pre_checkout',
  'checkout_update',
] as const;
export type EventName = (typeof eventNames)[number];

const quickReply = z.strictObject({
  content_type: z.enum(['text', 'user_phone_number', 'user_email']),
  title: z.string().optional(),
  payload: z.string().optional(),
  image_url: z.string().optional(),
});

/** By address or by the source's id: where zod only refines, the JSON Schema says it too. */
function fileAt(url: z.ZodType<string, string>) {
  return z
    .strictObject({
      url: url.optional(),
      attachment_id: z.string().min(1).optional(),
      name: z.string().optional(),
      mime_type: z.string().optional(),
      /** Asks the source to keep it under an id. */
      reusable: z.boolean().optional(),
    })
    .refine((file) => (file.url === undefined) !== (file.attachment_id === undefined), {
      error: 'needs exactly one of url and attachment_id',
    })
    .meta({ oneOf: [{ required: ['url'] }, { required: ['attachment_id'] }] });
}

/** What both a contact and a person may send. */
function sendableParts(url: z.ZodType<string, string>) {
  const at = fileAt(url);
  return {
    image: z.strictObject({ type: z.literal('image'), image: at }),
    audio: z.strictObject({ type: z.literal('audio'), audio: at }),
    video: z.strictObject({ type: z.literal('video'), video: at }),
    file: z.strictObject({ type: z.literal('file'), file: at }),
    sticker: z.strictObject({
      type: z.literal('sticker'),
      sticker: z.strictObject({ id: z.string().min(1), url: z.string().optional() }),
    }),
    /** All but `type` is the source's own. */
    template: z.strictObject({ type: z.literal('template'), template: z.looseObject({ type: z.enum(templateTypes) }) }),
  };
}

const { image, audio, video, file, sticker, template } = sendableParts(z.string());

const location = z.strictObject({
  type: z.literal('location'),
  location: z.strictObject({
    latitude: z.number(),
    longitude: z.number(),
    title: z.string().optional(),
    url: z.string().optional(),
  }),
});

const shared = z.strictObject({
  kind: z.enum(['link', 'post', 'reel', 'story', 'story_mention']),
  url: z.string().optional(),
  title: z.string().optional(),
  id: z.string().optional(),
});
const share = z.strictObject({ type: z.literal('share'), share: shared });

const appointment = z.strictObject({
  type: z.literal('appointment'),
  appointment: z.strictObject({
    booking_id: z.string(),
    status: z.string(),
    starts_at: z.iso.datetime({ precision: 3 }),
    ends_at: z.iso.datetime({ precision: 3 }),
    /** A name of the IANA database. */
    timezone: z.string(),
  }),
});

const unsupported = z.strictObject({
  type: z.literal('unsupported'),
  /** `kind`: what the source calls it; `raw`: its JSON, untouched. */
  unsupported: z.strictObject({ kind: z.string(), raw: z.unknown() }),
});

const attachment = z.discriminatedUnion('type', [
  image,
  audio,
  video,
  file,
  sticker,
  template,
  location,
  share,
  appointment,
  unsupported,
]);
/** One of the things that lie in a message. */
export type Attachment = z.infer<typeof attachment>;

const extras = {
  text: z.string().optional(),
  /** The tap on one of ours. */
  quick_reply: z.strictObject({ payload: z.string() }).optional(),
  quick_replies: z.array(quickReply).optional(),
  /** All of several in their order; what stands on top repeats the first. */
  attachments: z.array(attachment).min(2).optional(),
};

/** What a message says: a union by `type`, a type's fields live under its name, `text` always on top. */
export const contentSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), ...extras, text: z.string(), share: shared.optional() }),
  image.extend(extras),
  audio.extend(extras),
  video.extend(extras),
  file.extend(extras),
  sticker.extend(extras),
  location.extend(extras),
  share.extend(extras),
  template.extend(extras),
  appointment.extend(extras),
  z.strictObject({
    type: z.literal('postback'),
    postback: z.strictObject({ title: z.string().optional(), payload: z.string().optional() }),
    ...extras,
  }),
  z.strictObject({
    type: z.literal('event'),
    /** `data` is the source's own. */
    event: z.strictObject({ name: z.enum(eventNames), data: z.record(z.string(), z.unknown()) }),
    ...extras,
  }),
  z.strictObject({ type: z.literal('deleted') }),
  unsupported.extend(extras),
]);
export type Content = z.infer<typeof contentSchema>;

const sendable = sendableParts(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }));
const sendableExtras = {
  text: z.string().min(1).optional(),
  quick_replies: z.array(quickReply).optional(),
  attachments: z
    .array(
      z.discriminatedUnion('type', [
        sendable.image,
        sendable.audio,
        sendable.video,
        sendable.file,
        sendable.sticker,
        sendable.template,
      ]),
    )
    .min(2)
    .optional(),
};

/**
 * What a person may say. Whether a source takes it in one message is that source's to know: words beside a picture and
 * several videos are well-formed.
 */
export const outboundContentSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('text'),
      text: z.string().min(1),
      quick_replies: sendableExtras.quick_replies,
    }),
    sendable.image.extend(sendableExtras),
    sendable.audio.extend(sendableExtras),
    sendable.video.extend(sendableExtras),
    sendable.file.extend(sendableExtras),
    sendable.sticker.extend(sendableExtras),
    sendable.template.extend(sendableExtras),
  ])
  .refine(repeatsTheFirst, {
    path: ['attachments', 0],
    error: 'is repeated by what stands on top: type and its key must be the same',
  });
export type OutboundContent = z.infer<typeof outboundContentSchema>;

/** As text: what zod has parsed has its keys in the order of the schema. */
function repeatsTheFirst(content: Readonly<Record<string, unknown>> & { readonly type: string }): boolean {
  const { type, attachments } = content;
  return (
    !Array.isArray(attachments) || JSON.stringify(attachments[0]) === JSON.stringify({ type, [type]: content[type] })
  );
}
