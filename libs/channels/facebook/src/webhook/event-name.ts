import { createHash } from 'node:crypto';
import { isObject } from '../json.js';
import type { Reading } from './read-item.js';

const MS_PER_S = 1000;

/**
 * The name of what Facebook gives no id: of all that a redelivery leaves as it was (milliseconds and `entry.time` do change,
 * https://github.com/restfb/restfb/issues/614). Two equal ones within a second are one; so are equal ones without a time.
 */
export function nameWithoutMid({ contact, kind, sourceTime, data }: Reading): string {
  const second = sourceTime === undefined ? '' : String(Math.floor(Date.parse(sourceTime) / MS_PER_S));
  const digest = createHash('sha256').update(canonicalJson(data)).digest('hex');
  return [contact ?? '', kind ?? '', second, digest].join('\n');
}

/** The same text for the same value, however it was spelt and in whatever order. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}
