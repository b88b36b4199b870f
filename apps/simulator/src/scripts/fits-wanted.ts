import { buttonsOf } from '../customers/tapping-acts.js';
import { asList, asObject, asText, type JsonObject } from '../json.js';
import type { Arrival } from '../world/arrivals.js';
import type { Wanted } from './script.schema.js';

type Check = (wanted: string, arrival: Arrival) => boolean;

const CHECKS: Readonly<Record<keyof Wanted, Check>> = {
  text: (wanted, { message }) => textOf(message) === wanted,
  contains: (wanted, { message }) => textOf(message)?.includes(wanted) === true,
  matches: (wanted, { message }) => new RegExp(wanted, 'u').test(textOf(message) ?? ''),
  quick_reply: (wanted, { message }) => hasTitle(asList(message?.['quick_replies']), wanted),
  button: (wanted, { message }) => hasTitle(buttonsOf(message ?? {}), wanted),
  template: (wanted, { message }) => payloadOf(message)['template_type'] === wanted,
  attachment: (wanted, { message }) => typesOf(message).includes(wanted),
  sender_action: (wanted, arrival) => arrival.senderAction === wanted,
};

/** Sender actions are passed over unless one is wanted. */
export function fitsWanted(wanted: Wanted, arrival: Arrival): boolean {
  if (arrival.message === undefined && wanted.sender_action === undefined) return false;
  return Object.entries(CHECKS).every(([name, check]) => {
    const value = wanted[name as keyof Wanted];
    return value === undefined || check(value, arrival);
  });
}

export function textOf(message: JsonObject | undefined): string | undefined {
  return asText(message?.['text']) ?? asText(payloadOf(message)['text']);
}

function payloadOf(message: JsonObject | undefined): JsonObject {
  return asObject(asObject(message?.['attachment'])['payload']);
}

function typesOf(message: JsonObject | undefined): unknown[] {
  const single = message?.['attachment'];
  const sent = single === undefined ? asList(message?.['attachments']) : [single];
  return sent.map((attachment) => asObject(attachment)['type']);
}

function hasTitle(offers: readonly unknown[], title: string): boolean {
  return offers.some((offer) => asObject(offer)['title'] === title);
}
