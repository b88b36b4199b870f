/** https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks#verification-requests */
export function readHandshake(query: Readonly<Record<string, unknown>>): { token: string; challenge: string } | null {
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = query;
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return null;
  return { token, challenge };
}
