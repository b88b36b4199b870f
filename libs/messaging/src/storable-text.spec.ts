import { storableJson, storableText } from './storable-text.js';

describe('storable text', () => {
  it('replaces NUL and lone surrogates and keeps pairs', () => {
    expect(storableText('a\u0000b\ud83dc\ude22d\ud83d\ude22')).toBe('a\uFFFDb\uFFFDc\uFFFDd😢');
  });

  it('reaches every string and key of a JSON value', () => {
    expect(storableJson({ 'k\u0000': ['\udc00', 1, null, { a: true }] })).toEqual({
      'k\uFFFD': ['\uFFFD', 1, null, { a: true }],
    });
  });
});
