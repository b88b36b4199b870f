import { Cached } from './cached.js';

const never = (): Promise<string> => new Promise(() => undefined);
const away = (): Promise<string> => Promise.reject(new Error('The database is away.'));

describe('what is remembered of the database', () => {
  let asked: number;
  let cached: Cached<string>;
  const ask = (answer: string) => (): Promise<string> => {
    asked += 1;
    return Promise.resolve(answer);
  };

  beforeEach(() => {
    asked = 0;
    cached = new Cached<string>({ isKept: (value) => value !== 'nobody’s' });
  });

  it('is asked once by all who ask together, and not again while it is fresh', async () => {
    const answers = await Promise.all([cached.get('page', ask('ours')), cached.get('page', ask('ours'))]);
    expect([...answers, await cached.get('page', ask('other'))]).toEqual(['ours', 'ours', 'ours']);
    expect(asked).toBe(1);
  });

  it('is served after a second when it is old and the database does not answer, as when it is frozen', async () => {
    await cached.get('page', ask('ours'));
    cached.expire();
    const since = performance.now();
    expect(await cached.get('page', never)).toBe('ours');
    // of the 3 s that a webhook has to be in the log
    expect(performance.now() - since).toBeLessThan(2_000);
    // and the next does not wait
    expect(
      await Promise.race([cached.get('page', never), Promise.resolve().then(() => new Promise(setImmediate))]),
    ).toBe('ours');
  });

  it('is served when it is old and the question fails; what was never answered fails', async () => {
    await cached.get('page', ask('ours'));
    cached.expire();
    expect(await cached.get('page', away)).toBe('ours');
    await expect(cached.get('other page', away)).rejects.toThrow('away');
    await expect(cached.get('another page', never)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('is forgotten when it is not to be kept', async () => {
    expect(await cached.get('page', ask('nobody’s'))).toBe('nobody’s');
    expect(await cached.get('page', ask('ours'))).toBe('ours');
  });

  it('is asked again once it has expired, whatever was asked before', async () => {
    let answer: (value: string) => void = () => undefined;
    const early = cached.get(
      'page',
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    cached.expire();
    answer('of before');
    expect(await early).toBe('of before');
    expect(await cached.get('page', ask('of now'))).toBe('of now');
  });
});
