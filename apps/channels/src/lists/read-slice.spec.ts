import type { ListPosition } from '#libs/database';
import { openCursorSeal } from '#libs/security';
import { readSlice, type Slice, type SortedList } from './read-slice.js';

const seal = openCursorSeal([{ id: 'k1', key: Buffer.alloc(32, 7) }]);

/** Row 9 is the newest; two and two share a time. */
const rowAt = (number: number): ListPosition => ({
  at: `2026-01-01T00:00:0${Math.floor(number / 2)}.000Z`,
  id: `0190a6c0-0000-7000-8000-00000000000${number}`,
});
const rows = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(rowAt);
const keyOf = ({ at, id }: ListPosition): string => `${at} ${id}`;

function listOf(all: readonly ListPosition[], purpose = 'test'): SortedList<ListPosition> {
  const sorted = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  return {
    purpose,
    placeOf: (row) => row,
    read: ({ limit, from, direction }) => {
      const isOlder = direction === 'older';
      const beyond = sorted.filter(
        (row) => from === null || (isOlder ? keyOf(row) < keyOf(from) : keyOf(row) > keyOf(from)),
      );
      return Promise.resolve(isOlder ? beyond.slice(0, limit) : beyond.slice(-limit));
    },
  };
}

const turn = (list: SortedList<ListPosition>, cursor: string | null, size = 4): Promise<Slice<ListPosition>> =>
  readSlice(seal, list, { cursor: cursor ?? 'none', page_size: size });

describe('readSlice', () => {
  it('leads to the oldest row and back to the newest', async () => {
    const list = listOf(rows);
    const first = await readSlice(seal, list, { page_size: 4 });
    const second = await turn(list, first.next_cursor);
    const third = await turn(list, second.next_cursor);
    expect([first, second, third].map((slice) => slice.rows)).toEqual([
      rows.slice(0, 4),
      rows.slice(4, 8),
      rows.slice(8),
    ]);
    expect(first.previous_cursor).toBeNull();
    expect(third.next_cursor).toBeNull();

    const back = await turn(list, third.previous_cursor);
    const start = await turn(list, back.previous_cursor);
    expect([back.rows, start.rows]).toEqual([rows.slice(4, 8), rows.slice(0, 4)]);
    expect(start.previous_cursor).toBeNull();
    expect((await turn(list, start.next_cursor)).rows).toEqual(rows.slice(4, 8));
  });

  it('has no next page behind a last one that is full', async () => {
    const list = listOf(rows.slice(0, 8));
    const first = await readSlice(seal, list, { page_size: 4 });
    expect((await turn(list, first.next_cursor)).next_cursor).toBeNull();
  });

  it('does not shift when rows come on top', async () => {
    const first = await readSlice(seal, listOf(rows.slice(3)), { page_size: 4 });
    const second = await turn(listOf(rows), first.next_cursor);
    expect(second.rows).toEqual(rows.slice(7));
    expect((await turn(listOf(rows), second.previous_cursor, 100)).rows).toEqual(rows.slice(0, 7));
  });

  it('says that nothing is older when the row behind the page has moved to the top', async () => {
    const before = listOf(rows.slice(2, 4));
    const first = await readSlice(seal, before, { page_size: 1 });
    const second = await turn(before, first.next_cursor, 1);
    const after = listOf([...rows.slice(2, 3), rowAt(9)]);
    const back = await turn(after, second.previous_cursor, 1);
    expect(back.rows).toEqual([rows[2]]);
    expect(back.next_cursor).toBeNull();
    expect((await turn(after, back.previous_cursor, 1)).rows).toEqual([rows[0]]);
  });

  it('of no rows is one empty page', async () => {
    expect(await readSlice(seal, listOf([]), {})).toEqual({ rows: [], previous_cursor: null, next_cursor: null });
  });

  it.each([
    [{}, 20],
    [{ page_size: 1 }, 1],
    [{ page_size: 100 }, 100],
    [{ page_size: 101 }, 100],
    [{ page_size: Number.MAX_SAFE_INTEGER }, 100],
  ])('when asked %j holds %d rows', async (request, expected) => {
    const asked: number[] = [];
    const read: SortedList<ListPosition>['read'] = ({ limit }) => {
      asked.push(limit);
      return Promise.resolve([]);
    };
    await readSlice(seal, { ...listOf([]), read }, request);
    expect(asked).toEqual([expected + 1]);
  });

  it('refuses a cursor of another list, a forged one, and one that holds something else', async () => {
    const { next_cursor: cursor } = await readSlice(seal, listOf(rows), { page_size: 4 });
    const other = seal.seal('test', { at: 'yesterday' });
    await expect(turn(listOf(rows, 'other'), cursor)).rejects.toMatchObject({ code: 'cursor_invalid' });
    await expect(turn(listOf(rows), 'forged')).rejects.toMatchObject({ code: 'cursor_invalid' });
    await expect(turn(listOf(rows), other)).rejects.toMatchObject({ code: 'cursor_invalid' });
    await expect(readSlice(seal, listOf(rows), { cursor: '' })).rejects.toMatchObject({ code: 'cursor_invalid' });
  });

  it.each(['name:Ana', 5, true, [1], { a: 1 }])('refuses filters %j', async (filters) => {
    await expect(readSlice(seal, listOf(rows), { filters })).rejects.toMatchObject({ code: 'filter_unsupported' });
  });

  it.each([undefined, '', [], {}])('takes filters %j for none', async (filters) => {
    expect((await readSlice(seal, listOf(rows), { filters })).rows).toHaveLength(10);
  });
});
