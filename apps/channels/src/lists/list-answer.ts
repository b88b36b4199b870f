import { z } from 'zod';
import type { Slice } from './read-slice.js';

export interface ListAnswer<Item> {
  readonly data: readonly Item[];
  readonly pagination_data: {
    readonly previous_cursor: string | null;
    readonly next_cursor: string | null;
    readonly total: number;
  };
}

/** `ListAnswer` as the API description shows it. */
export function listAnswerSchema(item: z.ZodType): z.ZodType {
  return z.strictObject({
    data: z.array(item),
    pagination_data: z.strictObject({
      previous_cursor: z.string().nullable(),
      next_cursor: z.string().nullable(),
      total: z.int().nonnegative(),
    }),
  });
}

export function listAnswer<Row, Item>(slice: Slice<Row>, data: readonly Item[], total: number): ListAnswer<Item> {
  const { previous_cursor, next_cursor } = slice;
  return { data, pagination_data: { previous_cursor, next_cursor, total } };
}
