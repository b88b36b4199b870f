interface Lane {
  readonly partition: number;
  readonly end: number;
  readonly next: number;
}

interface Backlog {
  countUnread(ends: ReadonlyMap<number, number>, positions: ReadonlyMap<number, number>): number;
  countUncopied(lanes: readonly Lane[], ends: ReadonlyMap<number, number>): number;
}

const module = '../../bench/kafka-backlog.mjs';

const byPartition = (...counts: number[]): Map<number, number> => new Map(counts.entries());

describe('what is left on Kafka when a soak ends', () => {
  let backlog: Backlog;

  beforeAll(async () => {
    backlog = (await import(module)) as Backlog;
  });

  it('is nothing where every reader and the relay have come to the end', () => {
    expect(backlog.countUnread(byPartition(7, 0, 3), byPartition(7, 0, 3))).toBe(0);
    expect(backlog.countUncopied([{ partition: 0, end: 7, next: 7 }], byPartition(7))).toBe(0);
  });

  it('is all that lies behind the positions of a reader, partition by partition', () => {
    expect(backlog.countUnread(byPartition(7, 5, 3), byPartition(6, 2, 3))).toBe(4);
  });

  it('is everything where a reader has no position', () => {
    expect(backlog.countUnread(byPartition(7, 5), byPartition(7))).toBe(5);
  });

  it('is also what a reader has passed and Kafka does not have any more', () => {
    expect(backlog.countUnread(byPartition(7, 5), byPartition(9, 3))).toBe(4);
  });

  it('is all that the relay has not passed', () => {
    const lanes = [
      { partition: 0, end: 9, next: 4 },
      { partition: 1, end: 2, next: 0 },
    ];
    expect(backlog.countUncopied(lanes, byPartition(9, 9))).toBe(7);
  });

  it('is also what the relay says to have copied and Kafka does not have', () => {
    expect(backlog.countUncopied([{ partition: 0, end: 9, next: 9 }], byPartition(6))).toBe(3);
    expect(backlog.countUncopied([{ partition: 1, end: 2, next: 2 }], byPartition(6))).toBe(2);
  });

  it('is not made less by repeats in another partition', () => {
    const lanes = [
      { partition: 0, end: 5, next: 5 },
      { partition: 1, end: 5, next: 3 },
    ];
    expect(backlog.countUncopied(lanes, byPartition(9, 5))).toBe(2);
  });
});
