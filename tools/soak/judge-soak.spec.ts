interface Minute {
  readonly samples: readonly number[];
  readonly collections: number;
}

interface Soak {
  readonly memory: Readonly<Record<string, readonly Minute[]>>;
  readonly from: number;
  readonly counts: Readonly<Record<string, number | undefined>>;
}

interface Judged {
  readonly memory: Readonly<Record<string, { levels?: readonly number[]; ratio?: number; collections?: number[] }>>;
  readonly faults: readonly string[];
}

interface Judging {
  judgeSoak(soak: Soak): Judged;
  medianOf(samples: readonly number[]): number;
}

const module = '../../bench/judge-soak.mjs';
const counts = { refused: 0, lost: 0, 'not heard': 0, 'not settled': 0 };
const samplesAMinute = 12;

/**
 * Half an hour as it was measured once: the memory swings by 15 % from minute to minute, as garbage is collected, and grows by
 * `perMinute` MB.
 */
function halfAnHour(perMinute: number): Minute[] {
  return Array.from({ length: 30 }, (_, minute) => ({
    samples: Array.from({ length: samplesAMinute }, (__, sample) => {
      const at = minute + sample / samplesAMinute;
      const swing = 30 * Math.sin(at * 2.7) + 8 * Math.sin(at * 41);
      return Math.round(200 + perMinute * at + swing);
    }),
    collections: 1,
  }));
}
/** Minutes in which the memory did not move. */
const still = (...levels: number[]): Minute[] =>
  levels.map((level) => ({ samples: [level, level, level], collections: 1 }));

describe('a soak', () => {
  let judging: Judging;

  beforeAll(async () => {
    judging = (await import(module)) as Judging;
  });

  const judge = (from: number, ...node: Minute[]): Judged => judging.judgeSoak({ counts, from, memory: { node } });

  it.each([
    [[100, 200, 260, 210], 1.05],
    [[300, 200, 200, 180], 0.9],
  ])('with %j MB passes, whatever it was before and in between', (levels, ratio) => {
    expect(judge(1, ...still(...levels))).toMatchObject({ memory: { node: { ratio } }, faults: [] });
  });

  it('that grows by more than 5 % does not', () => {
    expect(judge(0, ...still(200, 211)).faults).toEqual(['the memory of node grew from 200 MB to 211 MB']);
  });

  it('that only swings passes, whenever it ends', () => {
    for (const last of [24, 25, 26, 27, 28, 29, 30])
      expect(judge(10, ...halfAnHour(0).slice(0, last)).faults).toEqual([]);
  });

  it.each([1, 2, 4])('that grows by %d MB a minute beneath its swings does not', (perMinute) => {
    expect(judge(10, ...halfAnHour(perMinute)).faults).toEqual([expect.stringContaining('the memory of node grew')]);
  });

  it('is told by the lowest of five minutes, those after the mark and the last', () => {
    const [first, last] = [still(230, 210, 200, 300, 290), still(285, 800, 205, 240, 300)];
    const minutes = [...still(100, 100), ...first, ...still(150, 150), ...last];
    expect(judge(2, ...minutes)).toMatchObject({ memory: { node: { levels: [200, 205] } }, faults: [] });
  });

  it('is judged process by process: one that shrinks makes up for no other', () => {
    const memory = { ingester: still(150, 150), projector: still(100, 106), channels: still(300, 200) };
    const judged = judging.judgeSoak({ counts, from: 0, memory });
    expect(judged.memory).toMatchObject({
      ingester: { levels: [150, 150] },
      projector: { levels: [100, 106], ratio: 1.06 },
      channels: { levels: [300, 200] },
    });
    expect(judged.faults).toEqual(['the memory of projector grew from 100 MB to 106 MB']);
  });

  it('names every process that grew', () => {
    const memory = { ingester: still(100, 110), sender: still(100, 120) };
    expect(judging.judgeSoak({ counts, from: 0, memory }).faults).toHaveLength(2);
  });

  it.each([
    ['first', [0, 1]],
    ['last', [1, 0]],
  ])('in whose %s minutes garbage was not collected does not', (_, collections) => {
    const minutes = collections.map((each) => ({ samples: [200], collections: each }));
    expect(judge(0, ...minutes).faults).toEqual([expect.stringContaining('node cannot be compared')]);
  });

  it('counts the collections of the minutes that are compared', () => {
    const minutes = [8, 3, 4, 9, 5, 6].map((collections) => ({ samples: [200], collections }));
    expect(judge(1, ...minutes).memory).toMatchObject({ node: { collections: [7, 11] } });
  });

  it('whose memory is no number does not', () => {
    expect(judge(0, ...still(200, NaN)).faults).toHaveLength(1);
  });

  it('of nobody does not', () => {
    expect(judging.judgeSoak({ counts, from: 1, memory: {} }).faults).toHaveLength(1);
  });

  it.each(['refused', 'lost', 'not heard', 'not settled', 'not relayed'])('with one %s does not', (name) => {
    const memory = { node: still(200, 200) };
    const { faults } = judging.judgeSoak({ from: 0, memory, counts: { ...counts, [name]: 1 } });
    expect(faults).toEqual([`1 ${name}`]);
  });

  it.each([undefined, NaN])('with %s of what has to be counted does not', (count) => {
    const memory = { node: still(200, 200) };
    expect(judging.judgeSoak({ from: 0, memory, counts: { ...counts, lost: count } }).faults).toHaveLength(1);
  });

  it('that was too short to compare does not', () => {
    const { memory, faults } = judge(1, ...still(150, 200));
    expect([memory['node'], faults.length]).toEqual([{}, 1]);
  });

  it('is measured by the medians of minutes', () => {
    expect(judging.medianOf([300, 200, 210])).toBe(210);
  });
});
