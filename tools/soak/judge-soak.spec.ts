interface Soak {
  readonly minutes: readonly (readonly number[])[];
  readonly from: number;
  readonly refused: number;
  readonly lost: number;
  readonly notHeard: number;
  readonly unsettled: number;
}

interface Judging {
  judgeSoak(soak: Soak): { ratio: number | undefined; levels?: readonly number[]; faults: string[] };
  medianOf(samples: readonly number[]): number;
}

const module = '../../bench/judge-soak.mjs';
const clean = { refused: 0, lost: 0, notHeard: 0, unsettled: 0 };
const samplesAMinute = 12;

/**
 * Half an hour as it was measured once: the memory swings by 15 % from minute to minute, as garbage is collected, and grows by
 * `perMinute` MB.
 */
function halfAnHour(perMinute: number): number[][] {
  return Array.from({ length: 30 }, (_, minute) =>
    Array.from({ length: samplesAMinute }, (__, sample) => {
      const at = minute + sample / samplesAMinute;
      const swing = 30 * Math.sin(at * 2.7) + 8 * Math.sin(at * 41);
      return Math.round(200 + perMinute * at + swing);
    }),
  );
}
/** Minutes in which the memory did not move. */
const still = (...levels: number[]): number[][] => levels.map((level) => [level, level, level]);

describe('a soak', () => {
  let judging: Judging;

  beforeAll(async () => {
    judging = (await import(module)) as Judging;
  });

  it.each([
    [[200, 260, 210], 1.05],
    [[200, 200, 180], 0.9],
  ])('with %j MB passes, whatever it was in between', (levels, ratio) => {
    const judged = judging.judgeSoak({ ...clean, from: 1, minutes: still(...levels) });
    expect(judged).toMatchObject({ ratio, faults: [] });
  });

  it('that grows by more than 5 % does not', () => {
    const { faults } = judging.judgeSoak({ ...clean, from: 1, minutes: still(200, 211) });
    expect(faults).toEqual(['the memory grew from 200 MB to 211 MB']);
  });

  it('that only swings passes, whenever it ends', () => {
    for (const last of [24, 25, 26, 27, 28, 29, 30])
      expect(judging.judgeSoak({ ...clean, from: 10, minutes: halfAnHour(0).slice(0, last) }).faults).toEqual([]);
  });

  it.each([1, 2, 4])('that grows by %d MB a minute beneath its swings does not', (perMinute) => {
    const { faults } = judging.judgeSoak({ ...clean, from: 10, minutes: halfAnHour(perMinute) });
    expect(faults).toEqual([expect.stringContaining('the memory grew')]);
  });

  it('is told by the lowest of five minutes, those before the mark and the last', () => {
    const [before, last] = [still(230, 210, 200, 300, 290), still(285, 800, 205, 240, 300)];
    const minutes = [...still(100, 100), ...before, ...still(150, 150), ...last];
    expect(judging.judgeSoak({ ...clean, from: 7, minutes })).toMatchObject({ levels: [200, 205], faults: [] });
  });

  it.each(['refused', 'lost', 'notHeard', 'unsettled'])('with one %s does not', (name) => {
    const { faults } = judging.judgeSoak({ ...clean, from: 1, minutes: still(200, 200), [name]: 1 });
    expect(faults).toEqual([expect.stringMatching(/^1 /)]);
  });

  it('that was too short to compare does not', () => {
    const { ratio, faults } = judging.judgeSoak({ ...clean, from: 2, minutes: still(150, 200) });
    expect([ratio, faults.length]).toEqual([undefined, 1]);
  });

  it('is measured by the medians of minutes', () => {
    expect(judging.medianOf([300, 200, 210])).toBe(210);
  });
});
