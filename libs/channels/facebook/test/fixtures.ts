import { readdirSync, readFileSync } from 'node:fs';
import type { ChannelRef, WebhookItem } from '#libs/channels/kit';
import type { Event } from '#libs/messaging';
import { normalise } from '../src/webhook/normalise.js';
import { readBody } from '../src/webhook/read-body.js';

const folder = new URL('../fixtures/', import.meta.url);

export const CONTACT = '6500000000000011';
export const PAGE = '108200000000001';
export const RECEIVED_AT = '2025-11-20T00:53:25.000Z';

export const channel: ChannelRef = {
  workspaceId: '019aa000-0000-7000-8000-0000000000a1',
  channelId: '019aa000-0000-7000-8000-0000000000c1',
  sourceChannelId: PAGE,
  appId: '290000000000001',
};

export function fixtureNames(kind: 'items' | 'bodies' | 'sends'): string[] {
  return readdirSync(new URL(kind, folder)).map((file) => file.replace('.json', ''));
}

export function readFixture(kind: 'items' | 'bodies' | 'sends', name: string): string {
  return readFileSync(new URL(`${kind}/${name}.json`, folder), 'utf8').trim();
}

/** The items of a body, as Facebook would send the given texts in its lane. */
export function itemsOf(raw: readonly string[], lane = 'messaging'): readonly WebhookItem[] {
  const body = `{"object":"page","entry":[{"id":"${PAGE}","time":1763600002000,"${lane}":[${raw.join(',')}]}]}`;
  return readBody(Buffer.from(body)).items;
}

export function eventOf(value: unknown, lane = 'messaging'): Event {
  const [event] = itemsOf([JSON.stringify(value)], lane).map((item) => normalise(item, channel, RECEIVED_AT));
  if (event === undefined) throw new Error('no item was read');
  return event;
}

/** What a fixture of Messenger (or, by Instagram's account id, of Instagram) becomes. */
export function eventOfFixture(name: string): Event {
  const raw = readFixture('items', name);
  const page = raw.includes('17841400000000001') ? '17841400000000001' : PAGE;
  const [event] = itemsOf([raw]).map((item) => normalise(item, { ...channel, sourceChannelId: page }, RECEIVED_AT));
  if (event === undefined) throw new Error(`no item in ${name}`);
  return event;
}

/** A message of the contact with these fields. */
export function message(fields: object, beside: object = {}): object {
  return {
    sender: { id: CONTACT },
    recipient: { id: PAGE },
    timestamp: 1763600000001,
    message: { mid: 'm_1', ...fields },
    ...beside,
  };
}

/** An echo with these fields. */
export function echo(fields: object): object {
  return {
    sender: { id: PAGE },
    recipient: { id: CONTACT },
    timestamp: 1763600000001,
    message: { mid: 'm_1', is_echo: true, ...fields },
  };
}
