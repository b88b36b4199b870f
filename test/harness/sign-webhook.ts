import { createHmac } from 'node:crypto';

/** The value of X-Hub-Signature-256: HMAC-SHA256 of the raw bytes under the app's secret. */
export function signatureOf(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body, 'utf8').digest('hex')}`;
}

/**
 * JSON as Facebook writes it: everything beyond ASCII, and `/ < % @`, escaped, lower-case hex for the letters.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 */
export function facebookJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', String.raw`\/`)
    .replaceAll('<', String.raw`\u003C`)
    .replaceAll('%', String.raw`\u0025`)
    .replaceAll('@', String.raw`\u0040`);
}

/** Made outside: `printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET"`. */
export const OPENSSL_VECTOR = {
  secret: 'e2e-app-secret-4f0a9b7c2d5e8f13',
  pageId: '108200000000001',
  psid: '6500000000000011',
  mid: 'm_openssl_1',
  text: 'Café 🚀 https://shop.example/p?a=1',
  body: String.raw`{"object":"page","entry":[{"id":"108200000000001","time":1763600000123,"messaging":[{"sender":{"id":"6500000000000011"},"recipient":{"id":"108200000000001"},"timestamp":1763599999870,"message":{"mid":"m_openssl_1","text":"Caf\u00e9 \ud83d\ude80 https:\/\/shop.example\/p?a=1"}}]}]}`,
  signature: 'sha256=d4e745af34ac71e80975bb83db7c46e9d73a064746e6484b811f081386a60d89',
} as const;
