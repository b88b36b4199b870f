import { mergeData } from './merge-data.js';

// https://www.rfc-editor.org/rfc/rfc7396#appendix-A, those that patch an object with an object
const rfc = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
] as const;

describe('mergeData', () => {
  it.each(rfc)('merges into %s the patch %s', (target, patch, result) => {
    const merged = mergeData(JSON.parse(target), JSON.parse(patch) as Record<string, unknown>);
    expect(merged).toEqual(JSON.parse(result));
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes %s for a name like any other', (key) => {
    const patch = JSON.parse(`{"${key}":{"polluted":1}}`) as Record<string, unknown>;
    expect(JSON.stringify(mergeData({}, patch))).toBe(`{"${key}":{"polluted":1}}`);
    expect(JSON.stringify(mergeData(patch, patch))).toBe(`{"${key}":{"polluted":1}}`);
    expect({}).not.toHaveProperty('polluted');
  });

  it('leaves what it was given as it was', () => {
    const target = { a: { b: 1 } };
    mergeData(target, { a: { b: null, c: 2 } });
    expect(target).toEqual({ a: { b: 1 } });
  });
});
