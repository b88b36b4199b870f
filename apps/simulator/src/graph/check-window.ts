import { asObject } from '../json.js';
import { refusal } from './graph-error.js';
import { STANDARD_WINDOW_MS, TAG_WINDOW_MS } from './limits.js';
import type { Send } from './read-send.js';

/** https://developers.facebook.com/docs/messenger-platform/policy/policy-overview */
export function checkWindow(send: Send, lastWroteAt: number | null, now: number): void {
  if (send.action !== undefined || isUtility(send)) return;
  if (send.tag === 'NON_PROMOTIONAL_SUBSCRIPTION') throw refusal('news_only');
  const window = send.tag === undefined ? STANDARD_WINDOW_MS : TAG_WINDOW_MS;
  if (lastWroteAt === null || now - lastWroteAt > window) throw refusal('window_closed');
}

function isUtility(send: Send): boolean {
  return send.messagingType === 'UTILITY' && Object.keys(asObject(send.message?.['template'])).length > 0;
}
