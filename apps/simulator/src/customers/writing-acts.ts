import { z } from 'zod';
import type { JsonObject } from '../json.js';
import { act, midIn, withoutUndefined, type Made, type ReadAct, type Scene } from './act.js';

const json = z.record(z.string(), z.unknown());
const mid = z.string().min(1).optional();
const text = z.string().optional();

/** The small thumb. https://developers.facebook.com/docs/messenger-platform/send-messages/sticker-api */
const LIKE = 369239263222822;
const EDITS_MAX = 5;

const writeSchema = z
  .strictObject({
    text,
    mid,
    attachments: z.array(json).optional(),
    quick_reply: json.optional(),
    reply_to: json.optional(),
    referral: json.optional(),
    message: json.optional(),
  })
  .refine((order) => order.text ?? order.attachments ?? order.message, 'needs text, attachments or message');

const attachSchema = z.strictObject({
  types: z.array(z.enum(['image', 'video', 'audio', 'file'])).min(1),
  text,
  mid,
});

const locationSchema = z.strictObject({
  lat: z.number().min(-90).max(90),
  long: z.number().min(-180).max(180),
  title: z.string().optional(),
  url: z.string().optional(),
  mid,
});

const stickerSchema = z.strictObject({
  sticker_id: z.number().int().default(LIKE),
  legacy: z.boolean().default(false),
  mid,
});
const shareSchema = z.strictObject({
  type: z.enum(['fallback', 'post', 'reel', 'share']).default('fallback'),
  url: z.string(),
  title: z.string().optional(),
  text,
  mid,
});
const editSchema = z.strictObject({
  text: z.string(),
  mid,
  num_edit: z.number().int().min(1).max(EDITS_MAX).optional(),
});

/** https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages */
export const WRITING_ACTS: Readonly<Record<string, ReadAct>> = {
  write: act(writeSchema, ({ mid: given, message, ...rest }, scene) =>
    written(scene, given, { ...withoutUndefined(rest), ...message }),
  ),
  attach: act(attachSchema, ({ types, text: caption, mid: given }, scene) => {
    const attachments = types.map((type, n) => ({ type, payload: { url: cdnUrl(type, n + 1) } }));
    return written(scene, given, withoutUndefined({ text: caption, attachments }));
  }),
  location: act(locationSchema, ({ lat, long, title, url, mid: given }, scene) => {
    const named = withoutUndefined({ title: title ?? `${scene.customer.firstName}'s location`, url });
    return written(scene, given, {
      attachments: [{ type: 'location', ...named, payload: { coordinates: { lat, long } } }],
    });
  }),
  sticker: act(stickerSchema, ({ sticker_id, legacy, mid: given }, scene) => {
    const payload = { url: `https://scontent.simulator.example/${String(sticker_id)}.png`, sticker_id };
    // Until 2026-08-30 a sticker came as an image too, with its id beside the attachments.
    const message = legacy
      ? { sticker_id, attachments: [{ type: 'image', payload }] }
      : { attachments: [{ type: 'sticker', payload }] };
    return written(scene, given, message);
  }),
  share: act(shareSchema, ({ type, url, title, text: beside, mid: given }, scene) =>
    written(scene, given, {
      ...withoutUndefined({ text: beside }),
      attachments: [{ type, payload: withoutUndefined({ url, title }) }],
    }),
  ),
  edit: act(editSchema, (order, scene) => {
    const edited = midIn(scene, order.mid, false);
    const message = scene.customer.thread.find((candidate) => candidate.mid === edited);
    const edits = order.num_edit ?? Math.min((message?.edits ?? 0) + 1, EDITS_MAX);
    if (message !== undefined) message.edits = edits;
    const event = { message_edit: { mid: edited, text: order.text, num_edit: edits } };
    return { field: 'message_edits', mid: edited, event };
  }),
  unsend: act(z.strictObject({ mid }), (order, scene) => {
    const unsent = midIn(scene, order.mid, false);
    return { field: 'messages', mid: unsent, event: { message: { mid: unsent, is_deleted: true } } };
  }),
};

export function written(scene: Scene, given: string | undefined, content: JsonObject): Made {
  const chosen = given ?? scene.newMid();
  const message = { mid: chosen, ...content };
  return { field: 'messages', mid: chosen, event: { message }, message, opensWindow: true };
}

function cdnUrl(type: string, number: number): string {
  const ending = { image: 'jpg', video: 'mp4', audio: 'mp4', file: 'pdf' }[type] ?? 'bin';
  return `https://scontent.simulator.example/${type}-${String(number)}.${ending}`;
}
