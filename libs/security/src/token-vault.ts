import { seal, unseal } from './aes-gcm.js';
import { checkedKeys, type EncryptionKey } from './encryption-key.js';

export interface TokenVault {
  /** `boundTo` names the row and column the secret belongs to; copied into another row it does not open. */
  seal(plain: string, boundTo: string): string;
  /** Throws `TokenVaultError`. */
  open(sealed: string, boundTo: string): string;
}

/** Says why a secret does not open; holds neither the secret nor what it was sealed into. */
export class TokenVaultError extends Error {
  override readonly name = 'TokenVaultError';
}

/** Envelope: `v1.<key id>.<nonce>.<tag and ciphertext>`, base64url. */
const VERSION = 'v1';

export function openTokenVault(keys: readonly EncryptionKey[]): TokenVault {
  const [sealing, ...others] = checkedKeys(keys);
  const byId = new Map([sealing, ...others].map(({ id, key }) => [id, key]));
  return {
    seal: (plain, boundTo) => {
      const { nonce, body } = seal(sealing.key, plain, boundTo);
      return [VERSION, sealing.id, nonce.toString('base64url'), body.toString('base64url')].join('.');
    },
    open: (sealed, boundTo) => {
      const [version, id, nonce, body, ...rest] = sealed.split('.');
      if (version !== VERSION || id === undefined || nonce === undefined || body === undefined || rest.length > 0)
        throw new TokenVaultError('This is not a sealed secret: its form is not known.');
      const key = byId.get(id);
      if (key === undefined)
        throw new TokenVaultError(
          'The secret was sealed with a key that is not in PARLEY_ENCRYPTION_KEY: add that key behind the first one.',
        );
      const plain = unseal(
        key,
        { nonce: Buffer.from(nonce, 'base64url'), body: Buffer.from(body, 'base64url') },
        boundTo,
      );
      if (plain === null)
        throw new TokenVaultError(
          'The sealed secret does not open: it was changed, belongs to another row, or its key id now names another key.',
        );
      return plain;
    },
  };
}
