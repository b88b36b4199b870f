import type { Attachment } from '#libs/messaging';
import { asObject, asText, compact, idOf, type JsonObject } from '../json.js';

type Share = Extract<Attachment, { type: 'share' }>;

/** By Facebook's name. `share` was what `ig_post` is since 2025-11-03. */
const KINDS: ReadonlyMap<string, Share['share']['kind']> = new Map([
  ['fallback', 'link'],
  ['share', 'post'],
  ['post', 'post'],
  ['ig_post', 'post'],
  ['reel', 'reel'],
  ['ig_reel', 'reel'],
  ['ig_story', 'story'],
  ['story_mention', 'story_mention'],
]);
const IDS = ['id', 'reel_video_id', 'ig_post_media_id'];

/** Something of Facebook's, or of the web, that was passed on; null for what is no such thing. */
export function readShare(type: string, attachment: JsonObject): Share | null {
  const kind = KINDS.get(type);
  if (kind === undefined) return null;
  // Before v6.0 title and url lay beside the type, and the payload was null, missing or the address itself.
  const payload = asObject(attachment['payload']);
  const share = compact({
    kind,
    url: asText(payload['url']) ?? asText(attachment['url']) ?? asText(attachment['payload']),
    title: asText(payload['title']) ?? asText(attachment['title']),
    id: IDS.map((key) => idOf(payload[key])).find((id) => id !== undefined),
  });
  const saysNothing = kind === 'link' && share.url === undefined && share.title === undefined;
  return saysNothing ? null : { type: 'share', share };
}
