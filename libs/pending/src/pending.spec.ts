import { Pending } from './pending.js';

const named = (pending: Pending<string>): string[] => pending.all.map(({ one }) => one);

describe('what is under way', () => {
  it('stands in the order in which it came, whatever ends', () => {
    const pending = new Pending<string>();
    pending.add('a');
    const [b, c] = [pending.add('b'), pending.add('c')];
    pending.add('d');
    pending.end(c);
    pending.end(b);
    pending.add('e');
    expect(named(pending)).toEqual(['a', 'd', 'e']);
    expect(pending.first?.one).toBe('a');
  });

  it('ends once', () => {
    const pending = new Pending<string>();
    const place = pending.add('a');
    expect([pending.has(place), pending.end(place), pending.has(place), pending.end(place)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(pending.isEmpty).toBe(true);
    expect(pending.first).toBeUndefined();
  });

  it('may be the same thing twice', () => {
    const pending = new Pending<string>();
    const first = pending.add('a');
    pending.add('a');
    pending.end(first);
    expect(named(pending)).toEqual(['a']);
  });

  it('holds nothing of its neighbours when it has ended', () => {
    const pending = new Pending<string>();
    const place = pending.add('a');
    pending.add('b');
    pending.end(place);
    expect(Object.values(place).filter((value) => value !== place)).toEqual(['a', expect.any(Number)]);
  });
});
