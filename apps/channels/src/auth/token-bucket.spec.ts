import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  const takeTimes = (bucket: TokenBucket, times: number, atMs: number): boolean[] =>
    Array.from({ length: times }, () => bucket.take(atMs).isAllowed);

  it('gives what one second allows at once, and then no more', () => {
    const bucket = new TokenBucket(3, 0);
    expect(takeTimes(bucket, 4, 0)).toEqual([true, true, true, false]);
  });

  it('fills at its speed and never above it', () => {
    const bucket = new TokenBucket(10, 0);
    takeTimes(bucket, 10, 0);
    expect(takeTimes(bucket, 3, 200)).toEqual([true, true, false]);
    expect(takeTimes(bucket, 11, 60_000).filter(Boolean)).toHaveLength(10);
  });

  it('allows over any long time what it says, whatever the rhythm', () => {
    const bucket = new TokenBucket(5, 0);
    const allowed = Array.from({ length: 10_000 }, (_, ms) => bucket.take(ms).isAllowed).filter(Boolean).length;
    expect(allowed).toBeGreaterThanOrEqual(5 * 10);
    expect(allowed).toBeLessThanOrEqual(5 * 10 + 5);
  });

  it('says what is left, when it is full again and when to come back', () => {
    const bucket = new TokenBucket(2, 0);
    expect(bucket.take(0)).toEqual({ isAllowed: true, left: 1, fullInSeconds: 1, retryInSeconds: 1 });
    expect(bucket.take(0)).toEqual({ isAllowed: true, left: 0, fullInSeconds: 1, retryInSeconds: 1 });
    expect(bucket.take(0)).toEqual({ isAllowed: false, left: 0, fullInSeconds: 1, retryInSeconds: 1 });
  });

  it('is not refilled by a clock that goes backwards', () => {
    const bucket = new TokenBucket(1, 1_000);
    expect(takeTimes(bucket, 1, 1_000)).toEqual([true]);
    expect(takeTimes(bucket, 1, 0)).toEqual([false]);
  });
});
