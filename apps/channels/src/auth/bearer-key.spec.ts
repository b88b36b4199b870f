import { bearerKey } from './bearer-key.js';

describe('bearerKey', () => {
  it.each(['Bearer parley_abc', 'bearer parley_abc', 'BEARER   parley_abc  '])('finds the key in %j', (header) => {
    expect(bearerKey(header)).toBe('parley_abc');
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'parley_abc',
    'Basic parley_abc',
    'Bearer two keys',
    'Bearerparley_abc',
  ])('finds none in %j', (header) => {
    expect(bearerKey(header)).toBeUndefined();
  });
});
