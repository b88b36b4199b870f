export interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

const KEY_BYTES = 32;
/** Of a key that is given without one; name it so when a second key is put before it. */
const ONLY_ID = '1';

/** One key, or `id:key,id:key`; the first seals, all of them open. null: not of this form. */
export function parseEncryptionKeys(text: string): readonly EncryptionKey[] | null {
  const keys = text.split(',').map((part) => parseKey(part.trim()));
  if (!keys.every((key) => key !== null)) return null;
  return new Set(keys.map(({ id }) => id)).size === keys.length ? keys : null;
}

function parseKey(text: string): EncryptionKey | null {
  const [id, encoded] = text.includes(':') ? text.split(':', 2) : [ONLY_ID, text];
  if (id === undefined || encoded === undefined || !/^[\w-]{1,32}$/.test(id)) return null;
  // 32 bytes are 43 characters, and one `=` in base64
  if (!/^[\w+/-]{43}=?$/.test(encoded)) return null;
  // Buffer reads both alphabets
  const key = Buffer.from(encoded, 'base64');
  return key.length === KEY_BYTES ? { id, key } : null;
}
