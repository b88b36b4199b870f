import { nestingOf, writtenIn, type Written } from './json-scan.js';

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

const pieceOf = (text: string, { start, end }: Written): string => text.slice(start, end);

describe('the members of an object', () => {
  const membersIn = (text: string, levels = 1): [string, string][] =>
    [...(writtenIn(text, levels).members ?? [])].map(([key, value]) => [key, pieceOf(text, value)]);

  it.each([1, 2, 3, 4])('are as they were written, %d levels deep', (levels) => {
    const object = ' { "a" : 1.50e3 ,"b":[ 1, {"x":"}"} ] , "c\\u0064":"\\"\\\\" ,"e":{ },"f":null} ';
    expect(membersIn(object, levels)).toEqual([
      ['a', '1.50e3'],
      ['b', '[ 1, {"x":"}"} ]'],
      ['cd', '"\\"\\\\"'],
      ['e', '{ }'],
      ['f', 'null'],
    ]);
  });

  it('are the last of two equal keys, as JSON.parse has it', () => {
    expect(membersIn('{"a":1,"a":2}')).toEqual([['a', '2']]);
  });

  it('are none in an empty object', () => {
    expect(membersIn('{ }')).toEqual([]);
  });
});

describe('the elements of an array', () => {
  const elementsIn = (text: string, levels: number): readonly string[] | undefined =>
    writtenIn(text, levels).elements?.map((each) => pieceOf(text, each));

  it.each([
    ['[]', []],
    ['[ \n]', []],
    ['[1]', ['1']],
    ['[ {"a":"]"} , "x,y",[1,2 ],true ]', ['{"a":"]"}', '"x,y"', '[1,2 ]', 'true']],
    ['[108200000000000123\n,\t"\\\\"]', ['108200000000000123', '"\\\\"']],
  ])('of %s are %j', (array, elements) => {
    for (const levels of [1, 2]) expect(elementsIn(array, levels)).toEqual(elements);
  });
});

describe('what is written', () => {
  it('is the whole value, without the space around it', () => {
    const text = ' \n[ {"a":[ ] } ]\t';
    for (const levels of [0, 1, 2, 3]) expect(pieceOf(text, writtenIn(text, levels))).toBe('[ {"a":[ ] } ]');
  });

  it('is not looked into below the levels that were asked for', () => {
    const { elements } = writtenIn('[{"a":[1]}]', 2);
    expect(elements?.[0]?.members).toEqual(new Map([['a', { start: 6, end: 9 }]]));
  });
});
