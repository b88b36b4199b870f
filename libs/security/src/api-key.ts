import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
/** 62^43 > 2^256: every key has the same length. */
const LENGTH = 43;

/** `parley_` so that secret scanners recognise one, then 256 random bits in base62. */
export function createApiKey(): string {
  return `parley_${base62(randomBytes(RANDOM_BYTES))}`;
}

/** What is stored of a key. 256 random bits need no salt and no slow hash. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** In constant time, whatever the lengths: both are hashed first. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(hashApiKey(a), hashApiKey(b));
}

function base62(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  while (text.length < LENGTH) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
