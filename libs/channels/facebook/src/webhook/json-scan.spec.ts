import { elementsIn, membersIn, nestingOf } from './json-scan.js';

describe('nestingOf', () => {
  it.each([
    ['', 0],
    ['1', 0],
    ['{}', 1],
    ['[{"a":[1]},[]]', 3],
    ['["[[[", "\\"[[", "\\\\", "["]', 1],
    ['[[[', 3],
    [']]]][', 0],
    ['"[[[', 0],
  ])('of %s is %d', (text, depth) => {
    expect(nestingOf(text)).toBe(depth);
  });

  it('needs no stack', () => {
    expect(nestingOf('['.repeat(1_000_000))).toBe(1_000_000);
  });
});

describe('membersIn', () => {
  it('gives every value as it was written', () => {
    const object = '{ "a" : 1.50e3 ,"b":[ 1, {"x":"}"} ] , "c\\u0064":"\\"\\\\" ,"e":{ },"f":null}';
    expect([...membersIn(object)]).toEqual([
      ['a', '1.50e3'],
      ['b', '[ 1, {"x":"}"} ]'],
      ['cd', '"\\"\\\\"'],
      ['e', '{ }'],
      ['f', 'null'],
    ]);
  });

  it('takes the last of two equal keys, as JSON.parse does', () => {
    expect([...membersIn('{"a":1,"a":2}')]).toEqual([['a', '2']]);
  });

  it('finds nothing in an empty object', () => {
    expect([...membersIn('{ }')]).toEqual([]);
  });
});

describe('elementsIn', () => {
  it.each([
    ['[]', []],
    ['[ \n]', []],
    ['[1]', ['1']],
    ['[ {"a":"]"} , "x,y",[1,2 ],true ]', ['{"a":"]"}', '"x,y"', '[1,2 ]', 'true']],
    ['[108200000000000123\n,\t"\\\\"]', ['108200000000000123', '"\\\\"']],
  ])('of %s are %j', (array, elements) => {
    expect(elementsIn(array)).toEqual(elements);
  });
});
