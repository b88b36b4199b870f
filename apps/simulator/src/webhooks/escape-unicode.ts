/**
 * Facebook signs and sends an "escaped unicode version of the payload":
 * https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
 */
export function escapeUnicode(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/')
    .replaceAll('<', '\\u003C')
    .replaceAll('%', '\\u0025')
    .replaceAll('@', '\\u0040');
}
