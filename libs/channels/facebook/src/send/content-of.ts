import { storableJson, type Content } from '#libs/messaging';
import type { JsonObject } from '../json.js';
import { readContent } from '../webhook/read-content.js';

/** A message that we are about to send, read as its echo will be. */
export function contentOf(message: JsonObject): Content {
  const said = Object.fromEntries(Object.entries(message).filter(([key]) => key !== 'metadata'));
  return storableJson(readContent(said)) as Content;
}

/** A caller's own `metadata` travels behind our tag and comes back beside it. */
export function sourceDataOf({ metadata }: JsonObject): JsonObject | null {
  return typeof metadata === 'string' && metadata !== '' ? { metadata } : null;
}
