import { createAppendBatcher } from './append-batcher.js';
import { judgeRefusal } from './log-writer.js';
import { toStorable, type StorableRecord } from './log-append.js';

const { jest } = import.meta;

const storable = (value: number): StorableRecord =>
  toStorable(
    {
      topic: 'topic',
      key: 'key',
      workspaceId: '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01',
      headers: {},
      value: String(value),
    },
    8,
  );

const databaseError = (code: string): Error => Object.assign(new Error(`refused by ${code}`), { code });

type Refusal = (values: readonly string[], call: number) => boolean;

/** A log that keeps what it is given, but for what it is told to refuse. */
function fakeLog(code = '', isRefused: Refusal = () => false) {
  const flushes: string[][] = [];
  const stored: string[] = [];
  const write = async (records: readonly StorableRecord[]): Promise<void> => {
    const values = records.map(({ value }) => value);
    flushes.push(values);
    const call = flushes.length;
    await Promise.resolve();
    if (isRefused(values, call)) throw databaseError(code);
    stored.push(...values);
  };
  return { flushes, stored, write };
}

const batcherOf = (write: (records: readonly StorableRecord[]) => Promise<void>, deadlineMs = 1_000) =>
  createAppendBatcher({ write, judge: judgeRefusal, paceMs: 2, deadlineMs, maxRows: 3, maxChars: 1_000 });

describe('append batcher', () => {
  it('puts what arrives together into one flush, at most as many as are allowed', async () => {
    const { flushes, write } = fakeLog();
    const batcher = batcherOf(write);

    await Promise.all([1, 2, 3, 4].map((value) => batcher.append([storable(value)])));

    expect(flushes).toEqual([['1', '2', '3'], ['4']]);
  });

  it('resolves a large append when its last part is safe', async () => {
    const { stored, write } = fakeLog();

    await batcherOf(write).append([1, 2, 3, 4, 5, 6, 7].map(storable));

    expect(stored).toHaveLength(7);
  });

  it('bisects to the record that PostgreSQL refuses, and rejects only that (interleaving 22)', async () => {
    const { stored, write } = fakeLog('22021', (values) => values.includes('2'));
    const batcher = batcherOf(write);

    const ends = await Promise.allSettled([1, 2, 3].map((value) => batcher.append([storable(value)])));

    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(stored).toEqual(['1', '3']);
  });

  it('rejects all of a flush whose fate is unknown, and goes on with the next', async () => {
    const { stored, write } = fakeLog('08006', (_, call) => call === 1);
    const batcher = batcherOf(write);

    const ends = await Promise.allSettled([1, 2, 3, 4].map((value) => batcher.append([storable(value)])));

    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
    expect(stored).toEqual(['4']);
  });

  it.each(['55P03', '40P01', '40001'])('writes again after %s: that was rolled back for certain', async (code) => {
    const { stored, write } = fakeLog(code, (_, call) => call < 3);

    await batcherOf(write).append([storable(1)]);

    expect(stored).toEqual(['1']);
  });

  it('rejects at its deadline and does not let an answer that never comes hold up the next', async () => {
    const write = jest
      .fn<Promise<void>, [readonly StorableRecord[]]>()
      .mockImplementationOnce(() => new Promise(() => undefined))
      .mockResolvedValue(undefined);
    const batcher = batcherOf(write, 30);

    await expect(batcher.append([storable(1)])).rejects.toThrow('30 ms');
    await batcher.append([storable(2)]);

    expect(write).toHaveBeenCalledTimes(2);
  });
});

describe('toStorable', () => {
  it.each(['a\u0000', 'a\u001e', ''])('refuses a key that cannot be stored: %j', (key) => {
    expect(() => toStorable({ ...storable(1), key }, 8)).toThrow(TypeError);
  });
});
