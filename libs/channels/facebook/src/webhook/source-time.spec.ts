import { instantOf } from './source-time.js';

describe('instantOf', () => {
  it.each([
    ['milliseconds', 1763600000123, '2025-11-20T00:53:20.123Z'],
    ['seconds', 1763600000, '2025-11-20T00:53:20.000Z'],
    ['milliseconds as text', '1763600000123', '2025-11-20T00:53:20.123Z'],
    ['seconds as text', '1527459824', '2018-05-27T22:23:44.000Z'],
  ])('reads %s', (_name, value, instant) => {
    expect(instantOf(value)).toBe(instant);
  });

  it.each([undefined, null, 0, -1, NaN, Infinity, 1e15, '', 'soon', '2025-11-20', true, {}, [1763600000]])(
    'takes %p for no time',
    (value) => {
      expect(instantOf(value)).toBeUndefined();
    },
  );
});
