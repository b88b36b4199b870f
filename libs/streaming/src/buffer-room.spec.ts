import { BufferRoom } from './buffer-room.js';

const megabyte = 1024 * 1024;

describe('the room for what waits', () => {
  it('gives one reader four megabytes', () => {
    const room = new BufferRoom(100 * megabyte);
    expect([room.take('a', 4 * megabyte), room.take('a', 4 * megabyte + 1)]).toEqual([true, false]);
  });

  it('refuses those with more than their share while all together hold too much', () => {
    const room = new BufferRoom(6 * megabyte);
    expect([room.take('a', 3 * megabyte), room.take('b', megabyte), room.take('c', 2 * megabyte)]).toEqual([
      true,
      true,
      true,
    ]);
    // a share is two megabytes
    expect(room.take('b', 1.5 * megabyte)).toBe(true);
    expect(room.take('a', 3 * megabyte)).toBe(false);
  });

  it('is free again when they have read or left', () => {
    const room = new BufferRoom(6 * megabyte);
    for (const reader of ['a', 'b']) room.take(reader, 3 * megabyte);
    expect(room.take('c', 3 * megabyte)).toBe(false);
    room.leave('c');
    expect(room.take('a', 0)).toBe(true);
    expect(room.take('d', 3 * megabyte)).toBe(true);
  });
});
