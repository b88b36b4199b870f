import { asList, asObject, asText, idOf, type JsonObject } from '../json.js';
import type { NamedEvent } from './named-event.js';
import type { Reading } from './read-item.js';
import { instantOf } from './source-time.js';

/** int4. */
const EDIT_NUMBER_MAX = 2_147_483_647;
/** Facebook's page shows the character, traffic also its name: `\u{2764}\u{FE0F}`. */
const SPELT_OUT = /\\u\{([0-9a-f]{1,6})\}/gi;
const CODE_POINT_MAX = 0x10ffff;

/** Changes of messages that are there already; null for what is no such change or can't be read. */
export function readChange(reading: Reading): NamedEvent | null {
  switch (reading.kind) {
    case 'message_edit':
      return readEdit(asObject(reading.data));
    case 'delivery':
      return readReceipt('message.delivered', reading);
    case 'read':
      return readReceipt('message.read', reading);
    case 'reaction':
      return readReaction(asObject(reading.data), reading);
    default:
      return null;
  }
}

function readReceipt(type: 'message.delivered' | 'message.read', { data, contact }: Reading): NamedEvent | null {
  const receipt = asObject(data);
  const watermark = instantOf(receipt['watermark']);
  // Messenger lists `mids`, Instagram names one `mid`.
  const mids = [...asList(receipt['mids']), receipt['mid']].map(idOf).filter((mid) => mid !== undefined);
  if (watermark === undefined && mids.length === 0) return null;
  return {
    type,
    name: [contact, watermark ?? '', ...mids].join('\n'),
    payload: { watermark, source_message_ids: mids },
  };
}

function readEdit(edit: JsonObject): NamedEvent | null {
  const mid = idOf(edit['mid']);
  const text = edit['text'];
  const number = Number(asText(edit['num_edit']) ?? edit['num_edit']);
  if (mid === undefined || typeof text !== 'string' || !isEditNumber(number)) return null;
  return {
    type: 'message.edited',
    name: `${mid}\n${number}`,
    payload: { source_message_id: mid, text, edit_number: number },
  };
}

function isEditNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= EDIT_NUMBER_MAX;
}

function readReaction(data: JsonObject, { sourceTime, isFromPage }: Reading): NamedEvent | null {
  const mid = idOf(data['mid']);
  const action = data['action'];
  if (mid === undefined || (action !== 'react' && action !== 'unreact')) return null;
  const emoji = emojiOf(data['emoji']);
  const reaction = { emoji: emoji ?? null, ...(typeof data['reaction'] === 'string' && { name: data['reaction'] }) };
  return {
    type: 'message.reacted',
    name: [mid, action, emoji ?? '', sourceTime ?? ''].join('\n'),
    payload: {
      source_message_id: mid,
      reaction: action === 'react' ? reaction : null,
      from_contact: !isFromPage,
      // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages#standard-messaging-window
      opens_window: action === 'react' && !isFromPage,
    },
  };
}

function emojiOf(emoji: unknown): string | undefined {
  return asText(emoji)?.replace(SPELT_OUT, (literal, hex: string) => {
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= CODE_POINT_MAX ? String.fromCodePoint(codePoint) : literal;
  });
}
