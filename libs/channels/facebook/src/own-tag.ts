/** Which message and which attempt at it an echo says it is. */
export interface Claims {
  readonly message_id: string;
  readonly attempt: number;
}

/** `p1:<message id>:<attempt>`, and behind a space what the caller put there. */
const TAG = /^p1:([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}):([1-9]\d{0,8})(?: ([^]*))?$/;

/** Characters that the tag of a first attempt takes, with the space behind it. */
export const TAG_LENGTH = 'p1:00000000-0000-7000-8000-000000000000:1 '.length;

/** What goes into `message.metadata`; Facebook gives it back in the echo. */
export function writeTag(claims: Claims, own: string | undefined): string {
  const tag = `p1:${claims.message_id}:${claims.attempt}`;
  return own === undefined ? tag : `${tag} ${own}`;
}

export function readTag(metadata: string): { readonly claims?: Claims; readonly own?: string } {
  const match = TAG.exec(metadata);
  if (match === null) return metadata === '' ? {} : { own: metadata };
  const [, messageId = '', attempt, own = ''] = match;
  const claims = { message_id: messageId, attempt: Number(attempt) };
  return own === '' ? { claims } : { claims, own };
}
