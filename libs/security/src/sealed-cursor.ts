import { hkdfSync } from 'node:crypto';
import { NONCE_BYTES, seal, unseal } from './aes-gcm.js';
import { checkedKeys, type EncryptionKey } from './encryption-key.js';

export interface CursorSeal {
  /** `purpose` names the list (call, conversation, workspace …) that the cursor is good for. */
  seal(purpose: string, value: unknown): string;
  /** null: forged, damaged, or sealed for another purpose. */
  open(purpose: string, text: string): unknown;
}

/** A longer text cannot be one of ours. */
const MAX_LENGTH = 4096;

/** Opaque cursors that show no counts and carry no right: nonce, tag and ciphertext in one base64url text. */
export function openCursorSeal(keys: readonly EncryptionKey[]): CursorSeal {
  const [sealing, ...others] = checkedKeys(keys).map(cursorKey);
  if (sealing === undefined) throw new Error('No encryption key is given.');
  const opening = [sealing, ...others];
  return {
    seal: (purpose, value) => {
      const { nonce, body } = seal(sealing, JSON.stringify(value), purpose);
      return Buffer.concat([nonce, body]).toString('base64url');
    },
    open: (purpose, text) => {
      const bytes = decode(text);
      if (bytes === null) return null;
      const sealed = { nonce: bytes.subarray(0, NONCE_BYTES), body: bytes.subarray(NONCE_BYTES) };
      for (const key of opening) {
        const plain = unseal(key, sealed, purpose);
        if (plain !== null) return JSON.parse(plain) as unknown;
      }
      return null;
    },
  };
}

/** Another key than the vault's, so that no cursor can ever be read as a secret (RFC 5869). */
function cursorKey({ key }: EncryptionKey): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'parley cursor v1', 32));
}

function decode(text: string): Buffer | null {
  if (text.length > MAX_LENGTH || !/^[\w-]+$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  // base64url has several spellings of the same bytes; only ours is accepted
  return bytes.toString('base64url') === text ? bytes : null;
}
