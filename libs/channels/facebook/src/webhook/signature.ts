import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = 'x-hub-signature-256';
const FORM = /^sha256=([0-9a-f]{64})$/;

/**
 * HMAC over the bytes as they came: Facebook signs them with its own escapes, which parsing would lose.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks#validate-payloads
 */
export function isAuthentic(
  rawBody: Buffer,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  secret: string,
): boolean {
  const header = headers[HEADER];
  const hex = typeof header === 'string' ? FORM.exec(header)?.[1] : undefined;
  // With an empty secret anybody could sign.
  if (hex === undefined || secret === '') return false;
  // as text: a buffer from the digest costs as much as the digest
  const ours = createHmac('sha256', secret).update(rawBody).digest('hex');
  return timingSafeEqual(Buffer.from(hex, 'latin1'), Buffer.from(ours, 'latin1'));
}
