import { inSlices } from './in-slices.js';

/** Holds the event loop, ms. */
function hold(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

describe('work in slices', () => {
  it('lets others have their turn, and keeps its order', async () => {
    const done: number[] = [];
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);
    const items = Array.from({ length: 20 }, (_, n) => n);
    await inSlices(items, (n) => {
      done.push(n);
      hold(3);
    });
    clearInterval(counting);
    expect(done).toEqual(items);
    // 60 ms of work in slices of 6
    expect(turns).toBeGreaterThanOrEqual(8);
  });
});
