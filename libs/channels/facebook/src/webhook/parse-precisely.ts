import { endOfString } from './json-scan.js';

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_BEGINS = /[-\d]/;
/** Where no number is long or has an exponent, none is changed; text that only looks so costs the closer look. */
const PERHAPS_CHANGED = /(?:^|[:[,\s-])(?:\d{16}|\d+(?:\.\d+)?[eE])/;

/** JSON.parse, but numbers that JavaScript would change (ids of 17 digits, 1e999) become text. */
export function parsePrecisely(json: string): unknown {
  return preciselyOf(json, JSON.parse(json));
}

/** The same, of JSON that was parsed already. */
export function preciselyOf(json: string, parsed: unknown): unknown {
  if (!PERHAPS_CHANGED.test(json)) return parsed;
  let rewritten = '';
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const number = numberAt(json, at);
    if (number !== '' && !survives(number)) {
      rewritten += `${json.slice(copied, at)}"${number}"`;
      copied = at + number.length;
    }
    at = json[at] === '"' ? endOfString(json, at) : at + Math.max(number.length, 1);
  }
  return JSON.parse(rewritten + json.slice(copied));
}

function numberAt(json: string, at: number): string {
  if (!NUMBER_BEGINS.test(json.charAt(at))) return '';
  NUMBER.lastIndex = at;
  return NUMBER.exec(json)?.[0] ?? '';
}

function survives(number: string): boolean {
  const value = Number(number);
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(number));
}
