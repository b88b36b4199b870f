import { canonicalJson } from './canonical-json.js';

describe('canonicalJson', () => {
  it.each([
    ['{"b":1,"a":2}', '{"a":2,"b":1}'],
    ['{ "a" : [ { "y":1, "x":2 } ] }', '{"a":[{"x":2,"y":1}]}'],
    ['{"t":"te\\u0078t"}', '{"t":"text"}'],
    ['{"n":1.0}', '{"n":1}'],
    ['{"10":1,"9":2}', '{"9":2,"10":1}'],
  ])('writes %s as %s', (given, expected) => {
    expect(canonicalJson(JSON.parse(given))).toBe(canonicalJson(JSON.parse(expected)));
  });

  it('sorts keys at every depth', () => {
    expect(canonicalJson({ z: { d: 1, c: null }, a: [true, 'x'] })).toBe('{"a":[true,"x"],"z":{"c":null,"d":1}}');
  });

  it.each([
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: 1 }, { a: '1' }],
    [{ a: {} }, { a: { b: null } }],
    [{ a: [] }, { a: {} }],
  ])('keeps %j and %j apart', (one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });
});
