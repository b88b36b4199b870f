import type { Slice } from './read-slice.js';

export interface ListAnswer<Item> {
  readonly data: readonly Item[];
  readonly pagination_data: {
    readonly previous_cursor: string | null;
    readonly next_cursor: string | null;
    readonly total: number;
  };
}

export function listAnswer<Row, Item>(slice: Slice<Row>, data: readonly Item[], total: number): ListAnswer<Item> {
  const { previous_cursor, next_cursor } = slice;
  return { data, pagination_data: { previous_cursor, next_cursor, total } };
}
