import { Deadlines } from './deadlines.js';

const { jest } = import.meta;

describe('deadlines', () => {
  let late: string[];
  let deadlines: Deadlines<string>;

  beforeEach(() => {
    jest.useFakeTimers();
    late = [];
    deadlines = new Deadlines<string>({
      ms: 100,
      late: (place) => {
        deadlines.end(place);
        late.push(place.one);
      },
    });
  });

  afterEach(() => jest.useRealTimers());

  it('come for each after its own time, by one timer', () => {
    deadlines.add('a');
    jest.advanceTimersByTime(60);
    deadlines.add('b');
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(39);
    expect(late).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(late).toEqual(['a']);
    jest.advanceTimersByTime(59);
    expect(late).toEqual(['a']);
    jest.advanceTimersByTime(1);
    expect(late).toEqual(['a', 'b']);
  });

  it('do not come for what has ended', () => {
    const place = deadlines.add('a');
    deadlines.add('b');
    expect(deadlines.end(place)).toBe(true);
    jest.advanceTimersByTime(1_000);
    expect(late).toEqual(['b']);
  });

  it('keep no process alive when nothing is under way', () => {
    deadlines.end(deadlines.add('a'));
    expect(jest.getTimerCount()).toBe(0);
    deadlines.add('b');
    jest.advanceTimersByTime(1_000);
    expect(late).toEqual(['b']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are not told for what ends with another', () => {
    const all = new Deadlines<string>({
      ms: 100,
      late: ({ one }) => {
        late.push(one);
        for (const place of all.all) all.end(place);
        all.add('again');
      },
    });
    all.add('a');
    all.add('b');
    jest.advanceTimersByTime(100);
    expect(late).toEqual(['a']);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(100);
    expect(late).toEqual(['a', 'again']);
  });
});
