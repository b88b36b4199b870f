import { Slowness } from './slowness.js';

type Field = ConstructorParameters<typeof Slowness>[0];

/** A webhook that waited so long for its 200, posted in its time, and was told so long after it. */
interface Wait {
  readonly answerMs: number;
  readonly tellingMs: number;
}

async function measure(slow: Wait, calm: Wait): Promise<Slowness> {
  const posted: object[] = [];
  const told: object[] = [];
  const field = { customers: { posted }, followers: [{ told }] } as unknown as Field;
  const slowness = new Slowness(field);
  const write = (wait: Wait) => (): Promise<void> => {
    const answeredAt = performance.now();
    const name = `event ${posted.length + 1}`;
    posted.push({ name, answeredAt, postedAt: answeredAt - wait.answerMs });
    told.push({ type: 'message.created', name, at: answeredAt + wait.tellingMs });
    return Promise.resolve();
  };
  await slowness.slow(write(slow));
  await slowness.calm(write(calm));
  return slowness;
}

describe('the slowness of a broker', () => {
  it('is told with what it is compared to', async () => {
    const { lines, complaints } = await measure({ answerMs: 250, tellingMs: 500 }, { answerMs: 20, tellingMs: 300 });
    expect(lines).toEqual(['slow     250 ms to the 200, then 500 ms to the stream; in calm 20 and 300 ms (medians)']);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['for who writes', { answerMs: 30, tellingMs: 500 }],
    ['for who reads', { answerMs: 250, tellingMs: 200 }],
  ])('is missed where there was none %s', async (_, slow) => {
    const { complaints } = await measure(slow, { answerMs: 20, tellingMs: 300 });
    expect(complaints).toEqual(['the slow broker was not slow']);
  });
});
