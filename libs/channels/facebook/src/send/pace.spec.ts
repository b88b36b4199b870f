import { Pace } from './pace.js';

describe('the pace of calls', () => {
  it('is one in so many milliseconds for each thing, and no turn for who would wait too long', () => {
    const pace = new Pace(500, 1_000);
    expect([0, 0, 0, 0].map((now) => pace.reserve('one', now))).toEqual([0, 500, 1_000, null]);
    expect(pace.reserve('other', 0)).toBe(0);
    expect(pace.reserve('one', 600)).toBe(900);
    expect(pace.reserve('one', 2_000)).toBe(0);
  });
});
