/** One key of the installation. The first of a list seals, all of them open: that is how keys are rotated. */
export interface EncryptionKey {
  /** Travels with what it sealed: letters, digits, `-` and `_`. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

const KEY_BYTES = 32;

/** The sealing key first. Throws what is wrong with the list, never what is in it. */
export function checkedKeys(keys: readonly EncryptionKey[]): readonly [EncryptionKey, ...EncryptionKey[]] {
  const [first, ...others] = keys;
  if (first === undefined) throw new Error('No encryption key is given.');
  if (keys.some(({ key }) => key.byteLength !== KEY_BYTES)) throw new Error('An encryption key is not 32 bytes long.');
  if (keys.some(({ id }) => !/^[\w-]{1,32}$/.test(id)))
    throw new Error('An encryption key has an id that cannot be used.');
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) throw new Error('Two encryption keys have the same id.');
  return [first, ...others];
}
