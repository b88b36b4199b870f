import { asList, asText, isObject } from '../json.js';
import { invalidParameter, refusal } from './graph-error.js';
import { BUTTON_TITLE_MAX, BUTTONS_MAX, PAYLOAD_MAX } from './limits.js';

const TITLED_BUTTONS: ReadonlySet<unknown> = new Set(['web_url', 'postback', 'phone_number']);

/** https://developers.facebook.com/docs/messenger-platform/send-messages/buttons */
export function checkButtons(buttons: unknown, min: number): void {
  const list = asList(buttons);
  if (list.length < min || list.length > BUTTONS_MAX) {
    throw invalidParameter(`Between ${String(min)} and ${String(BUTTONS_MAX)} buttons are allowed`);
  }
  list.forEach(checkButton);
}

function checkButton(button: unknown): void {
  if (!isObject(button)) throw invalidParameter('A button must be an object');
  const { type, title, payload, url } = button;
  if (TITLED_BUTTONS.has(type)) {
    if (isEmpty(title)) throw refusal('button_title_empty');
    checkLength(title, BUTTON_TITLE_MAX, 'title of a button');
  }
  if (type === 'postback') {
    if (isEmpty(payload)) throw refusal('payload_empty');
    checkLength(payload, PAYLOAD_MAX, 'payload of a button');
  }
  if (type === 'web_url' && isEmpty(url)) throw refusal('button_url_empty');
}

function isEmpty(value: unknown): boolean {
  return typeof value !== 'string' || value === '';
}

export function checkLength(value: unknown, max: number, what: string): void {
  const text = asText(value);
  if (text === undefined || text === '') throw invalidParameter(`The ${what} must not be empty`);
  if (Array.from(text).length > max) throw invalidParameter(`The ${what} takes at most ${String(max)} characters`);
}
