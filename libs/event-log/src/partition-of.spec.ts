import { partitionOf } from './partition-of.js';

describe('partitionOf', () => {
  // From `printf %s <key> | sha1sum`, the first 8 hexadecimal digits modulo 8. They may never change.
  it.each([
    ['a', 0x86f7e437 % 8],
    ['b', 0xe9d71f5e % 8],
    ['0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01', 0x8b3299fe % 8],
    ['Ä🙂', 0x1ae5d82a % 8],
  ])('keeps %s where it has always been', (key, partition) => {
    expect(partitionOf(key, 8)).toBe(partition);
  });

  it('spreads keys over all partitions', () => {
    const partitions = Array.from({ length: 200 }, (_, index) => partitionOf(`key ${index}`, 12));
    expect(new Set(partitions).size).toBe(12);
  });
});
