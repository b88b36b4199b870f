import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** NIST SP 800-38D §8.2: a random 96-bit nonce for every sealing. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealed {
  readonly nonce: Buffer;
  /** Tag, then ciphertext. */
  readonly body: Buffer;
}

/** AES-256-GCM; `boundTo` must be the same when it is opened. */
export function seal(key: Uint8Array, plain: string, boundTo: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boundTo));
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return { nonce, body: Buffer.concat([cipher.getAuthTag(), ciphertext]) };
}

/** null: forged, damaged, of another key, or bound to something else. */
export function unseal(key: Uint8Array, { nonce, body }: Sealed, boundTo: string): string | null {
  if (nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(body.subarray(0, TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
