import { createApiKey, equalSecrets, hashApiKey } from './api-key.js';

describe('API keys', () => {
  it('are prefixed, of one length, long enough and never the same', () => {
    const keys = Array.from({ length: 200 }, createApiKey);
    expect(keys.filter((key) => !/^parley_[0-9A-Za-z]{43}$/.test(key))).toEqual([]);
    expect(new Set(keys).size).toBe(200);
  });

  it('are stored as SHA-256', () => {
    // printf 'parley_test' | sha256sum
    expect(hashApiKey('parley_test').toString('hex')).toBe(
      '94b2c959fb0db83fd0ad1f1edf226c53acd887e1b1dbdffd9002d1186d9c403b',
    );
  });

  it.each([
    ['secret', 'secret', true],
    ['secret', 'secreT', false],
    ['secret', 'secret ', false],
    ['', 'secret', false],
    ['', '', true],
    ['ß', 'ss', false],
  ])('compares %j with %j: %j', (a, b, equal) => {
    expect(equalSecrets(a, b)).toBe(equal);
  });
});
