import { readIdempotencyKey } from './idempotency-key.js';

describe('readIdempotencyKey', () => {
  it.each(['k', '!~', 'x'.repeat(255)])('takes %s', (key) => {
    expect(readIdempotencyKey(key)).toBe(key);
  });

  it('finds none where there is none', () => {
    expect(readIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each(['', 'x'.repeat(256), 'a b', 'a\tb', 'ü', '\x7f'])('refuses %j', (key) => {
    expect(() => readIdempotencyKey(key)).toThrow('visible ASCII');
  });
});
