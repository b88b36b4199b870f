import fc from 'fast-check';
import { parsePrecisely } from './parse-precisely.js';

describe('parsePrecisely', () => {
  it.each([
    ['{"id":24570000000000017}', { id: '24570000000000017' }],
    [
      '[-24570000000000017, 9007199254740991, 9007199254740992]',
      ['-24570000000000017', 9007199254740991, '9007199254740992'],
    ],
    ['{"a":"24570000000000017","b\\"24570000000000017":1}', { a: '24570000000000017', 'b"24570000000000017': 1 }],
    ['[1e999, 1.5, -2E-3]', ['1e999', 1.5, -0.002]],
    ['24570000000000017', '24570000000000017'],
  ])('keeps every digit of %s', (json, value) => {
    expect(parsePrecisely(json)).toEqual(value);
  });

  it('gives what JSON.parse gives for everything that JavaScript can hold', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        fc.pre(!/\d{16}/.test(json));
        expect(parsePrecisely(json)).toEqual(JSON.parse(json));
      }),
    );
  });
});
