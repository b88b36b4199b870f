import { endOfString } from './json-scan.js';

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_BEGINS = /[-\d]/;

/** JSON.parse, but numbers that JavaScript would change (ids of 17 digits, 1e999) become text. */
export function parsePrecisely(json: string): unknown {
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
