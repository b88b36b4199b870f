interface Soak {
  readonly minutes: readonly number[];
  readonly from: number;
  readonly refused: number;
  readonly lost: number;
  readonly notHeard: number;
  readonly unsettled: number;
}

interface Judging {
  judgeSoak(soak: Soak): { ratio: number | undefined; faults: string[] };
  medianOf(samples: readonly number[]): number;
}

const module = '../../bench/judge-soak.mjs';
const clean = { from: 2, refused: 0, lost: 0, notHeard: 0, unsettled: 0 };

describe('a soak', () => {
  let judging: Judging;

  beforeAll(async () => {
    judging = (await import(module)) as Judging;
  });

  it.each([
    [[150, 200, 260, 210], 1.05],
    [[150, 200, 200, 180], 0.9],
  ])('with %j MB passes, whatever it was in between and before', (minutes, ratio) => {
    expect(judging.judgeSoak({ ...clean, minutes })).toEqual({ ratio, faults: [] });
  });

  it('that grows by more than 5 % does not', () => {
    const { faults } = judging.judgeSoak({ ...clean, minutes: [150, 200, 211] });
    expect(faults).toEqual(['the memory grew from 200 MB to 211 MB']);
  });

  it.each(['refused', 'lost', 'notHeard', 'unsettled'])('with one %s does not', (name) => {
    const { faults } = judging.judgeSoak({ ...clean, minutes: [150, 200, 200], [name]: 1 });
    expect(faults).toEqual([expect.stringMatching(/^1 /)]);
  });

  it('that was too short to compare does not', () => {
    const { ratio, faults } = judging.judgeSoak({ ...clean, minutes: [150, 200] });
    expect([ratio, faults.length]).toEqual([undefined, 1]);
  });

  it('is measured by medians', () => {
    expect(judging.medianOf([300, 200, 210])).toBe(210);
  });
});
