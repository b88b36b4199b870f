import { Gate } from './gate.js';

describe('a gate', () => {
  it('lets no more through at a time than it is wide, in the order of their coming', async () => {
    const gate = new Gate(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((n) =>
      gate.through(async () => {
        begun.push(n);
        await new Promise<void>((resolve) => ends.push(resolve));
        return n;
      }),
    );
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await all[1];
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await all[0];
    await new Promise(setImmediate);
    ends[3]?.();
    await expect(Promise.all(all)).resolves.toEqual([0, 1, 2, 3]);
  });

  it('goes on after what failed', async () => {
    const gate = new Gate(1);
    const failing = gate.through(() => Promise.reject(new Error('no')));
    const next = gate.through(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
    await expect(gate.through(() => Promise.resolve('again'))).resolves.toBe('again');
  });
});
