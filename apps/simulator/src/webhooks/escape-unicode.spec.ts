import { escapeUnicode } from './escape-unicode.js';

describe('escapeUnicode', () => {
  it.each([
    ['äöå', String.raw`"\u00e4\u00f6\u00e5"`],
    ['😢', String.raw`"\ud83d\ude22"`],
    ['https://a.example/b', String.raw`"https:\/\/a.example\/b"`],
    ['a<b', String.raw`"a\u003Cb"`],
    ['100%', String.raw`"100\u0025"`],
    ['a@b', String.raw`"a\u0040b"`],
    ['plain "quoted" \\ text\n', String.raw`"plain \"quoted\" \\ text\n"`],
  ])('escapes %j as Facebook does', (text, expected) => {
    expect(escapeUnicode(text)).toBe(expected);
  });

  it('escapes member names too', () => {
    expect(escapeUnicode({ 'é/': 1 })).toBe(String.raw`{"\u00e9\/":1}`);
  });

  it('still means the same to a JSON parser', () => {
    const value = { text: 'äöå / < % @ 😢 \\ " \u2028', list: [1, null, true] };
    expect(JSON.parse(escapeUnicode(value))).toEqual(value);
  });
});
