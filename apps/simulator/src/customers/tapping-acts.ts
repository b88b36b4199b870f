import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';
import { asList, asObject, asText, type JsonObject } from '../json.js';
import { act, messageIn, midIn, withoutUndefined, type Made, type ReadAct, type Scene } from './act.js';
import { written } from './writing-acts.js';

const text = z.string().optional();
const mid = z.string().min(1).optional();
const json = z.record(z.string(), z.unknown());

const tapSchema = z.strictObject({ title: text, payload: text, mid });
/** For user_phone_number and user_email the customer gives the value. */
const quickReplySchema = z.strictObject({ title: text, payload: text, value: text, mid });
const postbackSchema = z.strictObject({ title: text, payload: text, referral: json.optional(), mid });
const getStartedSchema = z.strictObject({ payload: z.string().default('GET_STARTED'), ref: text, mid });
const reactSchema = z.strictObject({
  mid,
  emoji: z.string().default('❤'),
  reaction: z.enum(['smile', 'angry', 'sad', 'wow', 'love', 'like', 'dislike', 'other']).default('love'),
});
const watermark = z.number().int().nonnegative().optional();

/** What customers do with what the page has sent. */
export const TAPPING_ACTS: Readonly<Record<string, ReadAct>> = {
  tap_quick_reply: act(quickReplySchema, (order, scene) => {
    const offered = find(scene, order, (message) => asList(message['quick_replies']));
    const value = order.value ?? order.title ?? asText(offered['title']) ?? '';
    const payload = order.value ?? order.payload ?? asText(offered['payload']) ?? value;
    return written(scene, order.mid, { text: value, quick_reply: { payload } });
  }),
  tap_button: act(tapSchema, (order, scene) => {
    const offered = find(scene, order, postbackButtonsOf);
    const title = order.title ?? asText(offered['title']) ?? '';
    return postback(scene, order.mid, { title, payload: order.payload ?? asText(offered['payload']) });
  }),
  postback: act(postbackSchema, ({ mid: given, ...order }, scene) => postback(scene, given, order)),
  get_started: act(getStartedSchema, ({ payload, ref, mid: given }, scene) => {
    const referral = ref === undefined ? undefined : { ref, source: 'SHORTLINK', type: 'OPEN_THREAD' };
    return postback(scene, given, { title: 'Get Started', payload, referral });
  }),
  react: act(reactSchema, ({ mid: given, emoji, reaction }, scene) => {
    const about = midIn(scene, given, true);
    const event = { reaction: { mid: about, action: 'react', reaction, emoji } };
    return { field: 'message_reactions', mid: about, event, opensWindow: true };
  }),
  unreact: act(z.strictObject({ mid }), (order, scene) => {
    const about = midIn(scene, order.mid, true);
    return {
      field: 'message_reactions',
      mid: about,
      event: { reaction: { mid: about, action: 'unreact' } },
      opensWindow: true,
    };
  }),
  read: act(z.strictObject({ watermark }), (order, scene) => {
    return { field: 'message_reads', event: { read: { watermark: order.watermark ?? scene.timestamp } } };
  }),
  // The form of Facebook's page: no timestamp.
  deliver: act(z.strictObject({ watermark, mids: z.array(z.string()).optional() }), (order, scene) => {
    const delivery = { ...withoutUndefined({ mids: order.mids }), watermark: order.watermark ?? scene.timestamp };
    return { field: 'message_deliveries', event: { delivery }, hasNoTimestamp: true };
  }),
};

function postback(scene: Scene, given: string | undefined, content: JsonObject): Made {
  const chosen = given ?? scene.newMid();
  const event = { postback: { mid: chosen, ...withoutUndefined(content) } };
  return { field: 'messaging_postbacks', mid: chosen, event, opensWindow: true };
}

/** The first offer that fits, in the newest message that has one. A payload that is given needs no offer. */
function find(
  scene: Scene,
  wanted: { title?: string | undefined; payload?: string | undefined },
  offersOf: (message: JsonObject) => readonly unknown[],
): JsonObject {
  const fitting = (message: JsonObject): JsonObject | undefined =>
    offersOf(message)
      .map(asObject)
      .find((offer) => fits(offer, 'title', wanted.title) && fits(offer, 'payload', wanted.payload));
  const holder = messageIn(scene, ({ isFromPage, message }) => isFromPage && fitting(message) !== undefined);
  const offer = holder === undefined ? undefined : fitting(holder.message);
  if (offer !== undefined) return offer;
  if (wanted.payload !== undefined) return {};
  throw new BadRequestException('The page has sent nothing of this title that can be tapped; give a payload');
}

function fits(offer: JsonObject, name: string, wanted: string | undefined): boolean {
  return wanted === undefined || offer[name] === wanted;
}

export function buttonsOf(message: JsonObject): JsonObject[] {
  const payload = asObject(asObject(message['attachment'])['payload']);
  return [payload, ...asList(payload['elements']).map(asObject)]
    .flatMap((holder) => asList(holder['buttons']))
    .map(asObject);
}

function postbackButtonsOf(message: JsonObject): JsonObject[] {
  return buttonsOf(message).filter((button) => button['type'] === 'postback');
}
